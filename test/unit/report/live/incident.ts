// The journal of web-1's last half minute, as events: restarted by policy, answers, hangs, DOWN.
import { bucketOf } from '../../../../harness/record/histogram.js';
import type { JournalEvent } from '../../../../harness/record/events.js';
import { NODES } from '../flagship.js';

/** The load starts so long after the boot began. */
export const LOAD_MS = 10_000;

function census(atMs: number, node: string, pid: number): JournalEvent {
  const master = { key: `${pid}.1.a`, pid, ppid: 12, role: 'master', holdsListener: true, zombie: false } as const;
  return { kind: 'census', atMs, node, processes: [{ ...master, command: 'unicorn master' }] };
}

function second(atMs: number, hanging: boolean): JournalEvent[] {
  return Array.from({ length: 10 }, (_, frame): JournalEvent[] => [
    {
      kind: 'load-frame',
      atMs: atMs + frame * 100,
      offered: 17,
      answered: hanging ? 12 : 16,
      failed: hanging ? { 'http-5xx': 4 } : {},
      unsent: 0,
      inFlight: 12,
      level: 60,
      latency: [[bucketOf(50), 16]],
    },
    {
      kind: 'traffic',
      atMs: atMs + frame * 100,
      cells: NODES.filter((node) => !hanging || node !== 'web-1').map((node) => ({
        node,
        generation: null,
        outcome: 'ok',
        status: 200,
        count: 4,
        retried: 0,
      })),
    },
  ]).flat();
}

export const incident: readonly JournalEvent[] = [
  { kind: 'phase', atMs: 0, phase: 'boot', state: 'started' },
  ...NODES.flatMap((node, index): JournalEvent[] => [
    census(1_000, node, 30 + index),
    { kind: 'supervisor', atMs: 1_100, node, state: 'running', word: 'up', trackedPid: 30 + index, raw: 'web: up' },
    { kind: 'backend', atMs: 1_200, node, up: true, word: 'UP' },
    { kind: 'probe', atMs: 1_300, node, outcome: 'ok', tookMs: 51, streak: 3 },
    { kind: 'smoke', atMs: 2_000, node, ok: true, evidence: '200 in 52 ms' },
    { kind: 'sample', atMs: 3_000, node, memoryBytes: 195 * 1024 ** 2, processes: 5, threads: 5, cpuShare: 0.1 },
  ]),
  { kind: 'load', atMs: LOAD_MS, state: 'started', level: 60 },
  { kind: 'phase', atMs: LOAD_MS + 1, phase: 'rounds', state: 'started' },
  { kind: 'round', atMs: LOAD_MS + 2, round: 1, step: 0, state: 'started' },
  ...[0, 1, 2, 3].flatMap((index) => second(LOAD_MS + index * 1000, false)),
  {
    kind: 'fault',
    atMs: LOAD_MS + 4_000,
    id: '1.0.web-1',
    round: 1,
    node: 'web-1',
    fault: 'policy-restart',
    path: { name: 'policy', subject: 'master', expects: 'replaced' },
    state: 'sent',
    targets: ['30.1.a'],
    evidence: '',
  },
  census(LOAD_MS + 6_000, 'web-1', 97),
  {
    kind: 'supervisor-said',
    atMs: LOAD_MS + 7_000,
    node: 'web-1',
    line: '\u001b[31mDid you forget to tell bluepill to daemonize this process?',
    means: { action: 'configuration' },
  },
  { kind: 'supervisor-said', atMs: LOAD_MS + 7_050, node: 'web-1', line: 'tick', means: { action: 'start' } },
  ...[7, 8, 9].flatMap((index) => second(LOAD_MS + index * 1000, true)),
  { kind: 'probe', atMs: LOAD_MS + 8_000, node: 'web-1', outcome: 'timeout', tookMs: 2_000, streak: 1 },
  { kind: 'probe', atMs: LOAD_MS + 9_000, node: 'web-1', outcome: 'timeout', tookMs: 2_000, streak: 9 },
  { kind: 'backend', atMs: LOAD_MS + 10_000, node: 'web-1', up: false, word: 'DOWN', reason: 'L7TOUT' },
];
