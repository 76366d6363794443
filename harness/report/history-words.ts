// What `remuster history` prints: each environment with its runs as rows of marks and bars, oldest on the left.
import { formatMs, formatShare } from '../core/units.js';
import type { EnvironmentHistory, PastEnvironment } from '../history/past-environments.js';
import { inkFor, toned, type Environ, type Ink, type OutputStream } from './colors.js';
import { sparkline } from './sparkline.js';
import { counted } from './text.js';

const MARK = { pass: '✓', fail: '✗', inconclusive: '?' } as const;

export function historyWords(all: readonly EnvironmentHistory[], stream: OutputStream, env: Environ): string {
  const ink = inkFor(stream, env);
  return `${all.map((each) => historyLines(each, ink).join('\n')).join('\n\n')}\n`;
}

function historyLines({ scenario, environment, runs }: EnvironmentHistory, ink: Ink): readonly string[] {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) return [];
  const bars = (of: (run: PastEnvironment) => number | null): string => sparkline(runs.map((run) => of(run) ?? 0));
  const marks = runs.map(({ verdict }) => toned(ink, verdict)(MARK[verdict])).join('');
  const lines = [
    `${ink.bold(scenario)} ${ink.bold(environment)}  ${counted(runs.length, 'run')}, ${day(first)} to ${day(last)}`,
    `  verdict    ${marks}  last: ${last.verdict}${last.asExpected ? '' : ', not as expected'}`,
    `  back, p50  ${bars((run) => run.recoveryP50Ms)}  last: ${msOr(last.recoveryP50Ms)}`,
    `  slowest    ${bars((run) => run.slowestMs)}  last: ${msOr(last.slowestMs)}${last.neverBack > 0 ? `; ${last.neverBack} of ${last.restarts} never back` : ''}`,
    `  failed     ${bars((run) => run.failedShare)}  last: ${last.failedShare === null ? 'no requests' : formatShare(last.failedShare)}`,
    `  newest     ${last.runId}${last.release === null ? '' : `  (${last.release})`}`,
  ];
  return lines;
}

function msOr(ms: number | null): string {
  return ms === null ? 'nobody' : formatMs(ms);
}

function day({ startedAt }: PastEnvironment): string {
  return startedAt.slice(0, 10);
}
