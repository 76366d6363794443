// Times as access logs write them, to Unix time. A time without a zone counts as UTC: all that matters then is how far two
// lines are apart.

export interface LogTime {
  readonly atMs: number;
  readonly zoneMinutes: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23/Nov/2026:14:31:04 +0100`, `23/Nov/2026:14:31:04.123` */
export function readBracketTime(text: string): LogTime | undefined {
  const [, day, name, year, hour, minute, second, ms, zone] =
    /^(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([+-]\d{4}))?$/.exec(text) ?? [];
  const month = name === undefined ? -1 : MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const zoneMinutes = readZone(zone);
  const atMs = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const isReal =
    Number(day) >= 1 && Number(day) <= 31 && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
  return isReal ? { atMs: atMs + millis(ms) - zoneMinutes * 60_000, zoneMinutes } : undefined;
}

/** `2026-11-23T14:31:04.123+01:00`, with a blank for the T, without seconds or zone. */
export function readIsoTime(text: string): (LogTime & { readonly hasZone: boolean }) | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, ms, zone] = match;
  const zoneMinutes = readZone(zone);
  const parts = [year, month, day, hour, minute, second].map((part) => Number(part ?? 0)) as [number, ...number[]];
  const [y, mo = 1, d = 1, h = 0, mi = 0, s = 0] = parts;
  if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || s > 60) return undefined;
  const atMs = Date.UTC(y, mo - 1, d, h, mi, s) + millis(ms) - zoneMinutes * 60_000;
  return { atMs, zoneMinutes, hasZone: zone !== undefined };
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970: told apart by their size (each fits 1973 to 5138). */
export function readUnixTime(value: number): LogTime | undefined {
  if (!Number.isFinite(value) || value < 1e8) return undefined;
  const perMs = value < 1e11 ? 1e-3 : value < 1e14 ? 1 : value < 1e17 ? 1e3 : 1e6;
  return { atMs: Math.round(value / perMs), zoneMinutes: 0 };
}

function readZone(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  const ahead = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -ahead : ahead;
}

function millis(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * 1000);
}

/** `--from` and `--to`: a whole time, or a time of day; what is not said is as in the log. */
export type LogMoment =
  | { readonly kind: 'absolute'; readonly atMs: number }
  /** A date without a zone, as if it were UTC. */
  | { readonly kind: 'local'; readonly atMs: number }
  | { readonly kind: 'time-of-day'; readonly sinceMidnightMs: number };

const DAY_MS = 86_400_000;

export function readMoment(text: string): LogMoment | undefined {
  const [, hour, minute, second] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text.trim()) ?? [];
  if (hour !== undefined) {
    const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? 0);
    const isReal = Number(hour) < 24 && Number(minute) < 60 && Number(second ?? 0) < 60;
    return isReal ? { kind: 'time-of-day', sinceMidnightMs: seconds * 1000 } : undefined;
  }
  const whole = readIsoTime(text.trim());
  if (whole) return { kind: whole.hasZone ? 'absolute' : 'local', atMs: whole.atMs };
  const bracket = readBracketTime(text.trim());
  return bracket && { kind: / [+-]\d{4}$/.test(text.trim()) ? 'absolute' : 'local', atMs: bracket.atMs };
}

/** Where `moment` is in a log that begins with `first`; a time of day is one of its first day, or of the day after `after`. */
export function momentIn(moment: LogMoment, first: LogTime, after = -Infinity): number {
  const zoneMs = first.zoneMinutes * 60_000;
  if (moment.kind === 'absolute') return moment.atMs;
  if (moment.kind === 'local') return moment.atMs - zoneMs;
  const midnightMs = Math.floor((first.atMs + zoneMs) / DAY_MS) * DAY_MS;
  const atMs = midnightMs + moment.sinceMidnightMs - zoneMs;
  return atMs <= after ? atMs + DAY_MS : atMs;
}
