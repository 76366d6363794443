// From what was counted in a log to the load of a scenario, and to the YAML file that holds it. Pure.
import { Document, isMap, isSeq } from 'yaml';
import { formatMs } from '../core/units.js';
import type { Tally } from './tally.js';

const NUMBERS_A_ROW = 12;

export interface Scale {
  /** Requests in the load for each one in the log. */
  readonly rate: number;
  /** How much faster time goes by. */
  readonly speed: number;
}

export interface LoadOfLog {
  readonly engine: 'open';
  readonly arrivals: 'even';
  readonly requests: readonly {
    readonly path: string;
    readonly method?: string;
    readonly body?: string;
    readonly weight: number;
  }[];
  readonly stages: readonly [
    { readonly every: string; readonly rates: readonly number[] },
    { readonly rate: number; readonly ramp: string },
  ];
}

/** Each bucket of the log becomes a rate for as long, so that as many requests are due in it. */
export function loadOf(tally: Tally, bucketMs: number, scale: Scale, requests: number): LoadOfLog {
  const everyMs = Math.max(1, Math.round(bucketMs / scale.speed));
  const { counts } = tally.curve;
  const rates = counts.map((count) => rounded((count * scale.rate * 1_000) / everyMs));
  const mean = (counts.reduce((sum, count) => sum + count, 0) * scale.rate * 1_000) / (counts.length * everyMs);
  return {
    engine: 'open',
    // The number of requests in a bucket is then the recorded one; arrivals of a Poisson process would spread around it.
    arrivals: 'even',
    requests: tally.kinds.kept(requests).map(({ method, path, count }) => ({
      path,
      ...(method === 'GET' ? {} : { method }),
      ...(method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { body: '' }),
      weight: count,
    })),
    stages: [
      { every: everyMs % 1_000 === 0 ? `${String(everyMs / 1_000)}s` : `${String(everyMs)}ms`, rates },
      { rate: Math.max(rounded(mean), 0.001), ramp: '0s' },
    ],
  };
}

function rounded(rate: number): number {
  return Math.round(rate * 1e6) / 1e6;
}

export interface Told {
  readonly name: string;
  readonly bucketMs: number;
  readonly scale: Scale;
  readonly anonymise: boolean;
}

export function loadYaml(load: LoadOfLog, tally: Tally, told: Told): string {
  const { stages, ...rest } = load;
  const document = new Document({ load: rest });
  const requests = document.getIn(['load', 'requests']);
  for (const item of isSeq(requests) ? requests.items : []) if (isMap(item)) item.flow = true;
  const header = headerOf(load, tally, told).map((line) => `# ${line}\n`);
  // 0: a path is never folded over two lines.
  return `${header.join('')}${document.toString({ lineWidth: 0 })}${stagesYaml(stages)}`;
}

/** By hand: the package would write a line for each number, thousands of them. */
function stagesYaml([{ every, rates }, { rate, ramp }]: LoadOfLog['stages']): string {
  const rows = Array.from({ length: Math.ceil(rates.length / NUMBERS_A_ROW) }, (_, row) =>
    rates.slice(row * NUMBERS_A_ROW, (row + 1) * NUMBERS_A_ROW).join(', '),
  );
  return `  stages:
    - every: ${every}
      rates:
        [${rows.join(',\n         ')}]
    # The mean rate of the log, held after the curve until the rounds are over.
    - { rate: ${String(rate)}, ramp: ${ramp} }
`;
}

function headerOf(load: LoadOfLog, tally: Tally, { name, bucketMs, scale, anonymise }: Told): readonly string[] {
  const { counts, startMs } = tally.curve;
  const [{ rates }] = load.stages;
  const longestMs = rates.length * (bucketMs / scale.speed);
  const peak = Math.max(...rates);
  const inLogsTime = (ms: number): string => timeText(ms, tally.zoneMinutes);
  const peakAt = rates.indexOf(peak);
  return [
    `Load of ${name} (${tally.format}), from ${inLogsTime(startMs)} to ${inLogsTime(startMs + counts.length * bucketMs)}, made by remuster log2load.`,
    `Lines: ${String(tally.lines)} read, ${String(tally.used)} used, ${String(tally.unreadable)} unreadable.`,
    ...[...tally.leftOut].map(([why, count]) => `  left out ${String(count)}: ${why}`),
    `Requests: ${String(load.requests.length)} kinds of ${String(tally.kinds.size)} that were told apart; their mix is that of the whole range.`,
    `Scale: ${String(scale.rate)} x the requests, ${String(scale.speed)} x the speed. Each rate is for ${formatMs(bucketMs)} of the log.`,
    `The curve takes ${formatMs(longestMs)}; its peak, ${String(peak)} requests/s, begins after ${formatMs((peakAt * bucketMs) / scale.speed)}. maxTime must be longer.`,
    anonymise
      ? 'Anonymised: ids and values of queries are replaced. Words in paths and names of parameters are kept: read them before you pass this on.'
      : 'Not anonymised: paths and queries are as they were asked for.',
    'Use: remuster run SCENARIO --load THIS-FILE, or copy `load` into a scenario.',
  ];
}

/** `2026-11-23T14:31:04+01:00` */
function timeText(ms: number, zoneMinutes: number): string {
  const local = new Date(ms + zoneMinutes * 60_000).toISOString().replace(/(?:\.000)?Z$/, '');
  if (zoneMinutes === 0) return `${local}Z`;
  const minutes = Math.abs(zoneMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
