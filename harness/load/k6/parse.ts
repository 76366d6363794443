// One line of k6's stream (`--out json=-`: an object a sample) -> what it tells of a request. A sample's time is its end,
// by the wall clock. Pure. https://grafana.com/docs/k6/latest/results-output/real-time/json/
import type { FailureKind, LoadThreshold } from '../../record/events.js';
import { kindOfStatus } from '../kinds.js';
import type { Source } from '../books.js';
import { METRIC } from './metrics.js';

/** k6's own account at its end. */
export interface K6Summary {
  /** By the name of a metric: how many samples a Trend has, the sum of a Counter. */
  readonly counts: Readonly<Record<string, number>>;
  readonly thresholds: readonly LoadThreshold[];
}

/** `wallMs`: epoch ms with fractions. `user`: the virtual user, who has one request in flight at a time. */
export type Told =
  | { readonly what: 'origin'; readonly wallMs: number }
  | { readonly what: 'sent'; readonly wallMs: number; readonly user: string; readonly lateMs: number }
  | {
      readonly what: 'ended';
      readonly wallMs: number;
      readonly user: string;
      readonly kind: FailureKind | undefined;
      readonly source: Source;
    }
  /** An iteration was due, and no virtual user was free. */
  | { readonly what: 'dropped'; readonly wallMs: number; readonly count: number }
  /** A request of a user's own script: told at its end only. */
  | {
      readonly what: 'request';
      readonly wallMs: number;
      readonly tookMs: number;
      readonly kind: FailureKind | undefined;
    }
  | { readonly what: 'summary'; readonly summary: K6Summary };

const DROPPED = 'dropped_iterations';
const TOOK = 'http_req_duration';

interface Sample {
  readonly metric: string;
  readonly type: string;
  readonly data: {
    readonly time: string;
    readonly value: number;
    readonly tags?: Tags | null;
    readonly metadata?: { readonly vu?: string } | null;
  };
}
type Tags = Readonly<Record<string, string>>;

const OURS = '{"metric":"remuster_';
const OF_DROPPED = `{"metric":"${DROPPED}"`;
const OF_TOOK = `{"metric":"${TOOK}"`;
const OF_SUMMARY = `{"${METRIC.summary}":`;

/**
 * undefined: a line that says nothing of interest. Throws on one that ought to and cannot be read. `ownScript`: requests
 * are told by k6's own metrics, as nothing of ours is in the script.
 */
export function toldBy(line: string, ownScript: boolean): Told | undefined {
  // k6 writes a dozen lines a request; only those that matter are parsed.
  if (line.startsWith(OF_SUMMARY)) return { what: 'summary', summary: summaryOf(line) };
  const isTook = ownScript && line.startsWith(OF_TOOK);
  if (!isTook && !line.startsWith(OURS) && !line.startsWith(OF_DROPPED)) return undefined;
  const { metric, type, data } = JSON.parse(line) as Sample;
  if (type !== 'Point') return undefined;
  const wallMs = epochMs(data.time);
  const user = data.metadata?.vu ?? '';
  const tags = data.tags ?? {};
  switch (metric) {
    case METRIC.origin:
      return { what: 'origin', wallMs };
    case METRIC.sent:
      return { what: 'sent', wallMs, user, lateMs: data.value };
    case METRIC.ended:
      return { what: 'ended', wallMs, user, kind: kindOf(tags), source: sourceOf(tags) };
    case DROPPED:
      return { what: 'dropped', wallMs, count: data.value };
    case TOOK:
      return { what: 'request', wallMs, tookMs: data.value, kind: kindOf(tags) };
    default:
      return undefined;
  }
}

/** `2026-11-23T14:34:30.789020366Z`: Date.parse knows milliseconds only. */
export function epochMs(time: string): number {
  const [whole = '', rest = ''] = time.split('.');
  const digits = /^\d+/.exec(rest)?.[0] ?? '';
  const zone = digits === '' ? '' : rest.slice(digits.length);
  const ms = Date.parse(whole + zone);
  if (Number.isNaN(ms)) throw new RangeError(`k6 wrote a time that cannot be read: ${time}`);
  return ms + (digits === '' ? 0 : Number(`0.${digits}`) * 1_000);
}

function sourceOf({ request, node = '', generation = '' }: Tags): Source {
  return {
    request: request === undefined ? -1 : Number(request),
    node: node === '' ? null : node,
    generation: generation === '' ? null : generation,
  };
}

/** k6's own codes, https://grafana.com/docs/k6/latest/javascript-api/error-codes/ ; from 1400 on they repeat the status. */
const KIND_OF_CODE: Readonly<Record<string, FailureKind>> = {
  1050: 'timeout',
  1201: 'reset',
  1211: 'timeout',
  1212: 'refused',
  1220: 'reset',
};
const STATUS_CODES_FROM = 1_400;
const STATUS_CODES_TO = 1_599;
/** What Go's client says where k6 has no code of its own (1000). */
const KIND_OF_WORDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/malformed|invalid header|bad content-length|invalid chunk/i, 'bad-response'],
  [/\bEOF\b|server closed idle connection/, 'eof'],
  [/connection reset|broken pipe/, 'reset'],
  [/timeout|deadline exceeded/i, 'timeout'],
  [/transport connection broken/, 'bad-response'],
];

/** `wrong`: 'no' where the answer was held against what the plan says of a right one, and is. */
export function kindOf({ status = '0', error_code = '', error = '', wrong = '' }: Tags): FailureKind | undefined {
  const code = Number(error_code);
  if (code !== 0 && (code < STATUS_CODES_FROM || code > STATUS_CODES_TO)) {
    return KIND_OF_CODE[error_code] ?? KIND_OF_WORDS.find(([words]) => words.test(error))?.[1] ?? 'other';
  }
  if (wrong === 'no') return undefined;
  const byStatus = kindOfStatus(Number(status));
  return wrong === '' ? byStatus : (byStatus ?? 'wrong-answer');
}

interface SummaryLine {
  readonly [METRIC.summary]: Readonly<
    Record<
      string,
      {
        readonly values: { readonly count?: number };
        readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
      }
    >
  >;
}

function summaryOf(line: string): K6Summary {
  const metrics = Object.entries((JSON.parse(line) as SummaryLine)[METRIC.summary]);
  return {
    counts: Object.fromEntries(
      metrics.flatMap(([name, { values }]) => (values.count === undefined ? [] : [[name, values.count] as const])),
    ),
    thresholds: metrics.flatMap(([metric, { thresholds = {} }]) =>
      Object.entries(thresholds).map(([threshold, { ok }]) => ({ metric, threshold, ok })),
    ),
  };
}
