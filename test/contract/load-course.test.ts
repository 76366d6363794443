// What every load engine promises of its course: levels as planned, and an end to its process whatever happens. One after
// another: the processes of this one are counted.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import type { LoadEvent } from '../../harness/record/events.js';
import { request, WAIT_MS } from './load/cases.js';
import { ownEngines } from './load/plan.js';
import { onStage, type Stage } from './load/stage.js';

const ENDED = /^ended with/;

describe.each(ownEngines)('course of $name, $model model', ({ engine, model }) => {
  const alone = (body: (stage: Stage) => Promise<void>): (() => Promise<void>) => onStage({ engine, model }, body);

  it(
    'lets the load grow and shrink by stages',
    alone(async ({ drive }) => {
      const load = await drive([request('/ok')], {
        stages: [
          { level: 10, rampMs: 1_000, forMs: 1_500 },
          { level: 3, rampMs: 500, forMs: 1_000 },
          { level: 6, rampMs: 0 },
        ],
      });
      await load.until('the last stage', () => load.events.some(({ stage }) => stage === 2));
      const reached = load.frames.length;
      await load.until('some frames of it', () => load.frames.length > reached + 5);
      await load.stop();
      const startMs = load.events[0]?.atMs ?? 0;
      const levelsAt = (fromMs: number, toMs: number): readonly number[] =>
        load.frames.filter(({ atMs }) => atMs >= startMs + fromMs && atMs < startMs + toMs).map(({ level }) => level);
      expect(Math.max(...levelsAt(0, 400))).toBeLessThan(8);
      expect(Math.max(...levelsAt(0, 1_500))).toBe(10);
      expect(Math.min(...levelsAt(2_100, 2_400))).toBe(3);
      expect(load.frames.at(-2)?.level).toBe(6);
    }),
  );

  it(
    'ends its process on stop, on abort, and tells when it died by itself',
    alone(async ({ drive }) => {
      const stopped = await drive([request('/ok')]);
      const aborted = await drive([request('/ok')]);
      const killed = await drive([request('/ok')]);
      expect(childrenOf(process.pid, 'worker').length).toBe(3);
      await stopped.stop();
      aborted.abort.abort(new Error('interrupted'));
      await waitFor(
        () => {
          const left = childrenOf(process.pid, 'worker');
          return left.length === 1 ? { done: true, value: left } : { done: false, evidence: left.join(' ') };
        },
        { what: 'two engines to end', deadlineMs: WAIT_MS },
      );
      for (const pid of childrenOf(process.pid, 'worker')) process.kill(pid, 'SIGKILL');
      expect(await killed.load.died).toMatch(/SIGKILL/);
      const last = killed.events.at(-1) as LoadEvent;
      expect(last).toMatchObject({ state: 'died' });
      expect(last.evidence).toMatch(ENDED);
      await expect(killed.load.stop(0)).rejects.toThrow(/no books/);
      expect(childrenOf(process.pid, 'worker')).toEqual([]);
    }),
  );

  it(
    'does not wait for ever for an engine that does not answer',
    alone(async ({ drive }) => {
      const load = await drive([request('/ok')]);
      for (const pid of childrenOf(process.pid, 'worker')) process.kill(pid, 'SIGSTOP');
      await expect(load.load.stop(0)).rejects.toThrow(/no books/);
      expect(childrenOf(process.pid, 'worker')).toEqual([]);
    }),
  );
});

/** Pids of this process's children whose command line holds the word. */
function childrenOf(pid: number, word: string): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(word) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}
