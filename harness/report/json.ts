// The one JSON object of a run: verdict.json and `--json`. Keys stand in a fixed order, so that judging a stored run
// again writes the same bytes.
import type { RunResult } from '../verdict/model.js';

/** Keys in the order in which people read them; keys that are not listed follow by name. */
const ORDER = [
  ...[
    'schemaVersion',
    'runId',
    'scenario',
    'file',
    'loadFile',
    'isSelection',
    'seed',
    'name',
    'id',
    'check',
    'severity',
    'verdict',
    'exitCode',
  ],
  ...['expected', 'asExpected', 'interrupted', 'cut', 'summary', 'smokeGreen', 'smokeEvidence', 'kind', 'state'],
  ...['node', 'restart', 'round', 'claim', 'path', 'subject', 'expects', 'trigger', 'fault', 'faultId', 'policy'],
  ...['atMs', 'startedMs', 'judgedMs', 'closedEarly', 'fromMs', 'toMs', 'relation', 'text', 'tone', 'message'],
  ...['evidence', 'reason', 'detail', 'environments', 'findings', 'receipts', 'claims', 'waterfallMs', 'windows'],
  ...['about', 'figure', 'window', 'limit', 'kept', 'broken', 'notJudged', 'worst', 'value', 'why', 'limits'],
  ...['request', 'level', 'forMs'],
  ...[
    'load',
    'offered',
    'answered',
    'failed',
    'unsent',
    'inFlight',
    'lateness',
    'cpuShare',
    'notes',
    'masked',
    'failedShare',
    'perSecond',
  ],
  ...[
    'samples',
    'p50Ms',
    'p95Ms',
    'p99Ms',
    'atLevels',
    'requests',
    'maxMs',
    'darkMs',
    'cascade',
    'happened',
    'chain',
    'outageMs',
    'totalOutageAtMs',
    'timeline',
  ],
  ...['supervisorsSay', 'durationMs', 'artifacts', 'leftBehind'],
  ...['landed', 'noticed', 'exec', 'bound', 'ready', 'balancerUp', 'firstAnswer', 'shareRestored'],
];
const RANK = new Map(ORDER.map((key, index) => [key, index]));

function compareKeys(a: string, b: string): number {
  const difference = (RANK.get(a) ?? ORDER.length) - (RANK.get(b) ?? ORDER.length);
  return difference !== 0 ? difference : a < b ? -1 : 1;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compareKeys(a, b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}

/** One run: its object. Several (repeated, or played again while inconclusive): one object that holds them all. */
export function renderJson(results: RunResult | readonly RunResult[]): string {
  const runs = 'schemaVersion' in results ? [results] : results;
  const [only] = runs;
  const object = only !== undefined && runs.length === 1 ? only : { schemaVersion: 1, runs };
  return JSON.stringify(inOrder(object), null, 2) + '\n';
}
