// The figures of a soak against the number of restarts, in blocks that can be compared with themselves: a node, and for
// recoveries a node and a fault.
import type { DriftLimits } from '../../plan/plan.js';
import { nodeOf } from '../../plan/posts.js';
import type { StockEvent } from '../../record/events.js';
import { WATERFALL_STEPS, type Receipt, type WindowResult } from '../model.js';
import type { Calm } from './calm.js';
import type { Point } from './trend.js';

export interface Series {
  readonly what: 'memory' | 'processes' | 'threads' | 'open-files' | 'left-behind' | 'recovery' | 'latency';
  /** 'memory', 'files in /tmp', 'recovery: exec to bound' */
  readonly name: string;
  readonly limit: number;
  /** With its unit. */
  readonly words: (value: number) => string;
  /** What so much more with each restart means; absent: it is left behind. */
  readonly tell?: (value: number) => string;
  readonly blocks: readonly (readonly Point[])[];
  readonly example?: string;
}

/** What was taken stock of, and how often its node had been restarted by then. */
export type Stock = StockEvent & { readonly restarts: number };

const count = (value: number): string => String(Math.round(value * 100) / 100);
const tenths = (value: number): string => String(Math.round(value * 10) / 10);
const ms = (value: number): string => `${tenths(value)} ms`;

export function seriesOf(
  limits: DriftLimits,
  calm: readonly Calm[],
  stock: readonly Stock[],
  receipts: readonly Receipt[],
  windows: readonly WindowResult[],
): readonly Series[] {
  const ofCalm = (what: 'memory' | 'processes' | 'threads', of: (each: Calm) => number): Omit<Series, 'words'> => ({
    ...{ what, name: what, limit: what === 'memory' ? limits.memoryBytes : limits.count },
    blocks: blocksBy(
      calm,
      ({ node }) => node,
      (each) => ({ x: each.restarts, y: of(each) }),
    ),
  });
  return [
    { ...ofCalm('memory', ({ memoryBytes }) => memoryBytes), words: (bytes) => `${tenths(bytes / 1024 ** 2)} MiB` },
    { ...ofCalm('processes', ({ processes }) => processes), words: (n) => `${count(n)} processes` },
    { ...ofCalm('threads', ({ threads }) => threads), words: (n) => `${count(n)} threads` },
    {
      ...{ what: 'open-files', name: 'open files', limit: limits.count, words: (n) => `${count(n)} open files` },
      blocks: blocksBy(
        stock.filter(({ openFiles }) => openFiles !== null),
        ({ node }) => node,
        ({ restarts, openFiles }) => ({ x: restarts, y: openFiles ?? 0 }),
      ),
    },
    ...leftBehind(limits, stock),
    ...recoveries(limits, receipts),
    latency(limits, receipts, windows),
  ];
}

/** A place that was empty when it was looked at had none. */
function leftBehind(limits: DriftLimits, stock: readonly Stock[]): readonly Series[] {
  const keys = new Map<string, { readonly path: string; readonly type: string; example: string | undefined }>();
  for (const { places } of stock) {
    for (const { path, type, newest } of places) {
      const key = `${type} ${path}`;
      const known = keys.get(key) ?? { path, type, example: undefined };
      known.example = newest.at(-1) ?? known.example;
      keys.set(key, known);
    }
  }
  return [...keys.values()].map(({ path, type, example }) => ({
    what: 'left-behind',
    name: `${type}s in ${path}`,
    limit: limits.count,
    words: (n) => `${count(n)} ${n === 1 ? type : `${type}s`} in ${path}`,
    blocks: blocksBy(
      stock,
      ({ node }) => node,
      ({ restarts, places }) => ({
        x: restarts,
        y: places.find((place) => place.path === path && place.type === type)?.count ?? 0,
      }),
    ),
    ...(example === undefined ? {} : { example: `${path}/${example}` }),
  }));
}

/** How long each step took by itself, from the one before it that was seen. */
function recoveries(limits: DriftLimits, receipts: readonly Receipt[]): readonly Series[] {
  const points = receipts.flatMap(({ node, restart, trigger, waterfallMs }) => {
    const fault = trigger.kind === 'fault' ? trigger.fault : trigger.kind;
    let before = { step: 'fault', atMs: 0 };
    return WATERFALL_STEPS.flatMap((step) => {
      const atMs = waterfallMs[step];
      if (atMs === undefined) return [];
      const point = { from: before.step, step, node, fault, x: restart, y: atMs - before.atMs };
      before = { step, atMs };
      return [point];
    });
  });
  const names = [...new Set(points.map(({ from, step }) => `${from} to ${step}`))];
  return names.map((name) => ({
    ...{ what: 'recovery', name: `recovery, ${name}`, limit: limits.stepMs },
    words: ms,
    tell: (value) => `each restart takes ${ms(value)} longer from ${name}`,
    blocks: blocksBy(
      points.filter(({ from, step }) => `${from} to ${step}` === name),
      ({ node, fault }) => `${node} ${fault}`,
      ({ x, y }) => ({ x, y }),
    ),
  }));
}

function latency(limits: DriftLimits, receipts: readonly Receipt[], windows: readonly WindowResult[]): Series {
  const after = windows.filter(({ kind, node, p50Ms }) => kind === 'after' && node !== null && p50Ms !== undefined);
  return {
    ...{
      what: 'latency',
      name: 'latency (median)',
      limit: limits.latencyMs,
      words: ms,
      tell: (value) => `each restart makes answers ${ms(value)} slower`,
    },
    blocks: blocksBy(
      after,
      ({ node }) => node ?? '',
      ({ node, fromMs, p50Ms }) => ({
        x: receipts.filter((receipt) => nodeOf(receipt.node) === node && receipt.startedMs <= fromMs).length,
        y: p50Ms ?? 0,
      }),
    ),
  };
}

function blocksBy<T>(
  all: readonly T[],
  key: (item: T) => string,
  point: (item: T) => Point,
): readonly (readonly Point[])[] {
  const blocks = new Map<string, Point[]>();
  for (const item of all) {
    const block = blocks.get(key(item)) ?? [];
    blocks.set(key(item), block);
    block.push(point(item));
  }
  return [...blocks.values()];
}
