// Journals made for the page: as long as wanted, with a restart of each node in turn, one node that may be lost, and words
// that try to break out. Events come one after another, so that four hours of them take no memory.
import type { JournalEvent } from '../../../../harness/record/events.js';
import { bucketOf } from '../../../../harness/record/histogram.js';
import { NODES } from '../flagship.js';

/** Says of itself what no page may obey. */
export const EVIL = '</script><script>document.title="broken out"</script><img src=x onerror=alert(1)><!--';
export const LOAD_START_MS = 10_000;

export interface Made {
  readonly environment: string;
  readonly minutes: number;
  readonly restartEveryMs: number;
  /** ms since the start of the load; from then on web-1 does not answer. */
  readonly lostFromMs?: number;
  readonly supervisor?: string;
}

const FRAME_MS = 100;
const PER_FRAME = 16;

export function* journal({
  environment,
  minutes,
  restartEveryMs,
  lostFromMs,
  supervisor = 'up',
}: Made): Generator<JournalEvent> {
  const versions = { remuster: '0.1.0', node: 'v20' };
  yield { kind: 'header', atMs: 0, schemaVersion: 1, runId: 'r', scenario: 's', environment, wallMs: 0, versions };
  yield { kind: 'phase', atMs: 1, phase: 'boot', state: 'started' };
  for (const node of NODES) {
    yield { kind: 'smoke', atMs: 8000, node, ok: true, evidence: 'answered 200' };
    yield* born(node, 8500, 1);
    yield {
      kind: 'supervisor',
      atMs: 8600,
      node,
      state: 'running',
      word: supervisor,
      trackedPid: 31,
      raw: `web: ${supervisor}`,
    };
    yield { kind: 'backend', atMs: 8700, node, up: true, word: 'UP', reason: 'L7OK' };
    yield { kind: 'probe', atMs: 9000, node, outcome: 'ok', status: 200, tookMs: 5, streak: 1 };
  }
  yield { kind: 'load', atMs: LOAD_START_MS, state: 'started' };
  yield { kind: 'supervisor-said', atMs: LOAD_START_MS + 500, node: 'web-2', line: EVIL };
  const frames = (minutes * 60_000) / FRAME_MS;
  for (let frame = 0; frame < frames; frame += 1) yield* frameOf(frame, restartEveryMs, lostFromMs);
  const endMs = LOAD_START_MS + frames * FRAME_MS;
  yield { kind: 'phase', atMs: endMs, phase: 'stop', state: 'started' };
  for (const node of NODES) yield { kind: 'census', atMs: endMs + 100, node, processes: [] };
  yield { kind: 'end', atMs: endMs + 200 };
}

function* frameOf(
  frame: number,
  restartEveryMs: number,
  lostFromMs = Number.POSITIVE_INFINITY,
): Generator<JournalEvent> {
  const sinceMs = frame * FRAME_MS;
  const atMs = LOAD_START_MS + sinceMs;
  const isLost = sinceMs >= lostFromMs;
  const isLostNow = isLost && sinceMs - FRAME_MS < lostFromMs;
  const failed = isLost && frame % 10 === 0 ? 2 : 0;
  const ms = 50 + (frame % 7) * 9;
  const answered = PER_FRAME - failed;
  const latency = [
    [bucketOf(ms), answered - 1],
    [bucketOf(ms * 3), 1],
  ] as const;
  const by = failed > 0 ? { timeout: failed } : {};
  yield {
    kind: 'load-frame',
    atMs,
    offered: PER_FRAME,
    answered,
    failed: by,
    unsent: 0,
    inFlight: 9,
    level: 60,
    latency,
  };
  yield {
    kind: 'traffic',
    atMs: atMs + 20,
    cells: NODES.map((node) => ({
      ...{ node, generation: null, status: 200, count: PER_FRAME / NODES.length, retried: 0 },
      outcome: isLost && node === 'web-1' ? ('failed' as const) : ('ok' as const),
    })),
  };
  if (frame % 10 === 0) {
    for (const [index, node] of NODES.entries()) {
      const memoryBytes = (90 + ((frame / 10 + index) % 100)) * 1024 ** 2;
      yield { kind: 'sample', atMs: atMs + index, node, memoryBytes, processes: 5, threads: 5, cpuShare: 0.2 };
    }
  }
  if (isLostNow) {
    yield { kind: 'probe', atMs: atMs + 1, node: 'web-1', outcome: 'timeout', tookMs: 2000, streak: 1 };
    yield { kind: 'backend', atMs: atMs + 2, node: 'web-1', up: false, word: 'DOWN', reason: 'L7TOUT' };
  }
  const nth = Math.floor(sinceMs / restartEveryMs);
  if (frame > 0 && sinceMs % restartEveryMs === 0) yield* restartOf(NODES[nth % NODES.length]!, atMs, nth, isLost);
}

function* restartOf(node: string, atMs: number, nth: number, isLost: boolean): Generator<JournalEvent> {
  const about = { id: `${nth}.0.${node}`, round: nth, node, fault: 'kill', targets: [] } as const;
  const path = { name: 'crash', subject: 'master', expects: 'replaced' } as const;
  yield { kind: 'fault', atMs: atMs + 3, ...about, path, state: 'sent', evidence: 'KILL sent' };
  yield { kind: 'fault', atMs: atMs + 4, ...about, path, state: 'landed', evidence: `pid ${30 + nth} is gone` };
  yield { kind: 'census', atMs: atMs + 5, node, processes: [] };
  for (const step of [1, 2, 3])
    yield {
      kind: 'supervisor-said',
      atMs: atMs + 5 + step,
      node,
      line: `restart ${nth}: step ${step} of the long way back to service`,
    };
  if (isLost && node === 'web-1') return;
  for (const streak of [1, 2])
    yield { kind: 'probe', atMs: atMs + 10 + streak, node, outcome: 'closed', tookMs: 1, streak };
  yield* born(node, atMs + 20, nth + 1);
  yield { kind: 'probe', atMs: atMs + 30, node, outcome: 'ok', status: 200, tookMs: 5, streak: 1 };
}

function* born(node: string, atMs: number, nth: number): Generator<JournalEvent> {
  const pid = 30 + nth;
  const common = { holdsListener: true, zombie: false };
  yield {
    kind: 'census',
    atMs,
    node,
    processes: [
      { ...common, key: `9.1.s`, pid: 9, ppid: 1, role: 'supervisor', holdsListener: false, command: 'supervisord' },
      { ...common, key: `${pid}.${nth}.m`, pid, ppid: 9, role: 'master', command: 'unicorn master' },
      { ...common, key: `${pid + 1}.${nth}.w`, pid: pid + 1, ppid: pid, role: 'worker', command: 'unicorn worker' },
    ],
  };
}
