import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '../../../../harness/core/random.js';
import { STANDARD_SOAK } from '../../../../harness/plan/soak.js';
import type { JournalEvent, Place } from '../../../../harness/record/events.js';
import { DriftWatch } from '../../../../harness/verdict/drift/drift.js';
import type { DriftResult, Receipt } from '../../../../harness/verdict/model.js';
import { planFor } from '../test-plan.js';

const MIB = 1024 ** 2;
const GAP_MS = 30_000;
const NODES = ['web-1', 'web-2'];

interface Rig {
  readonly moreMib?: number;
  readonly moreBootMs?: number;
  readonly leaves?: Place['type'];
}

/** A soak of so many restarts, node after node, with noise as it is on a busy machine. */
function soaked(seed: number, restarts: number, rig: Rig = {}): readonly DriftResult[] {
  const random = seededRandom(seed).fork('soak');
  const events: JournalEvent[] = [{ kind: 'load', atMs: 0, state: 'started' }];
  const receipts: Receipt[] = [];
  const starts = new Map(NODES.map((node) => [node, 0]));
  for (let nth = 0; nth < restarts; nth += 1) {
    const node = NODES[nth % NODES.length]!;
    const startMs = (nth + 1) * GAP_MS;
    const restart = (starts.get(node) ?? 0) + 1;
    receipts.push(receiptOf(node, restart, startMs, 700 + (rig.moreBootMs ?? 0) * restart, random));
    for (const each of NODES) events.push(stockOf(each, startMs - 100, starts.get(each) ?? 0, random, rig));
    starts.set(node, restart);
    for (let atMs = startMs; atMs < startMs + GAP_MS; atMs += 1_000)
      for (const each of NODES) events.push(sampleOf(each, atMs, receipts, starts.get(each) ?? 0, random, rig));
  }
  const watch = new DriftWatch({ ...planFor({ nodes: NODES }), soak: STANDARD_SOAK, segment: { nth: 1 } });
  for (const event of events) watch.step(event);
  return watch.finish(receipts, []);
}

/** A saw tooth: it grows while the process lives, falls when it is replaced, and sheds some now and then. */
function sampleOf(
  node: string,
  atMs: number,
  receipts: readonly Receipt[],
  starts: number,
  random: Random,
  { moreMib = 0 }: Rig,
): JournalEvent {
  const bornMs = receipts.findLast((receipt) => receipt.node === node)?.startedMs ?? 0;
  const grownMib = (((atMs - bornMs) / 1_000) * 1.5) % 40;
  const memoryBytes = Math.round((90 + moreMib * starts + grownMib + random.next() * 4) * MIB);
  const threads = 20 + Math.floor(random.next() * 3);
  return { kind: 'sample', atMs, node, memoryBytes, processes: 3, threads, cpuShare: 0.1 };
}

function stockOf(node: string, atMs: number, starts: number, random: Random, { leaves }: Rig): JournalEvent {
  const places: Place[] = [{ path: '/run', type: 'file', count: 4, newest: [] }];
  if (leaves && starts > 0)
    places.push({ path: '/tmp', type: leaves, count: starts, newest: [`shop-${String(starts)}`] });
  return { kind: 'stock', atMs, node, openFiles: 14 + Math.floor(random.next() * 6), places };
}

function receiptOf(node: string, restart: number, startedMs: number, bootMs: number, random: Random): Receipt {
  const noise = (): number => 0.9 + random.next() * 0.2 + (random.next() < 0.02 ? 0.5 : 0);
  const landed = 5 * noise();
  const exec = landed + 120 * noise();
  const bound = exec + bootMs * noise();
  return {
    node,
    restart,
    path: { name: 'crash', subject: 'master', expects: 'replaced' },
    trigger: { kind: 'fault', fault: 'kill', faultId: `${String(restart)}.0.${node}` },
    startedMs,
    judgedMs: startedMs + 7_000,
    closedEarly: false,
    claims: [{ id: 'answers', state: 'held', atMs: startedMs + 1_000, evidence: 'answered' }],
    waterfallMs: { landed, noticed: landed + 20 * noise(), exec, bound, firstAnswer: bound + 30 * noise() },
  };
}

const drifting = (all: readonly DriftResult[]): readonly string[] =>
  all.filter(({ state }) => state === 'drifts').map(({ name }) => name);
const seeds = Array.from({ length: 10 }, (_, index) => index + 1);

describe('drift in a soak of 20 restarts', () => {
  it.each(seeds)('tells nothing of a healthy saw tooth, seed %i', (seed) => {
    const all = soaked(seed, 20);
    expect(drifting(all)).toEqual([]);
    // It was judged, and not for want of values.
    expect(all.find(({ what }) => what === 'memory')).toMatchObject({ state: 'steady', points: 20 });
  });

  it.each(seeds)('finds 3 MiB that each restart leaves behind, seed %i', (seed) => {
    const all = soaked(seed, 20, { moreMib: 3 });
    expect(drifting(all)).toEqual(['memory']);
    const { perRestart = 0, evidence = '' } = all.find(({ what }) => what === 'memory') ?? {};
    expect(Math.abs(perRestart / MIB - 3)).toBeLessThan(1);
    expect(evidence).toMatch(/each restart leaves [234](\.\d)? MiB more behind/);
  });

  it.each(seeds)('finds 50 ms of boot time in the step that has them, seed %i', (seed) => {
    expect(drifting(soaked(seed, 20, { moreBootMs: 50 }))).toEqual(['recovery, exec to bound']);
  });

  it.each(['file', 'socket'] as const)('finds a %s that is left behind, and names one', (leaves) => {
    const all = soaked(3, 20, { leaves });
    expect(drifting(all)).toEqual([`${leaves}s in /tmp`]);
    expect(all.find(({ state }) => state === 'drifts')?.evidence).toMatch(/for example \/tmp\/shop-9/);
  });

  it('says where there are not enough values to tell', () => {
    expect(soaked(1, 4, { moreMib: 3 }).find(({ what }) => what === 'memory')?.state).toBe('not-enough-data');
  });
});
