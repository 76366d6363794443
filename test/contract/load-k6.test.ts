// What is k6's own: virtual users that run out, scripts of the user, thresholds, what it hides and cannot know. How it fares
// when the server is struck is in load-k6-cases.test.ts. Skipped where there is no k6.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { monotonicMs, waitFor } from '../../harness/core/clock.js';
import { k6 } from '../../harness/load/engines/k6.js';
import type { LoadModel, LoadPlan } from '../../harness/plan/load-plan.js';
import { request, USERS, WAIT_MS } from './load/cases.js';
import { kindsOf } from './load/drive.js';
import { k6Path, whyNoK6 } from './load/k6-here.js';
import { planFor } from './load/plan.js';
import { onStage, type Stage } from './load/stage.js';

const { signal } = new AbortController();

function script(name: string): string {
  return fileURLToPath(new URL(`./load/k6/${name}.js`, import.meta.url));
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
}

/** Living children of a process. */
function childrenOf(parent: number): readonly Seen[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,stat=', '--ppid', String(parent)], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter((line) => /^\s*\d+\s+[^Z\s]/.test(line));
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), parent }));
}

/** k6 below the worker of this process. */
function k6Below(): readonly Seen[] {
  return childrenOf(process.pid)
    .flatMap(({ pid }) => childrenOf(pid))
    .filter(({ pid }) => isK6(pid));
}

function isK6(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${k6Path ?? 'k6'}\0run`);
  } catch {
    return false;
  }
}

const own = (name: string): Partial<LoadPlan> => ({ engine: { kind: 'k6', options: { script: script(name) } } });
const alone = (model: LoadModel, body: (stage: Stage) => Promise<void>): (() => Promise<void>) =>
  onStage({ engine: k6, model }, body);

describe.skipIf(whyNoK6 !== '')(`k6's own ways${whyNoK6}`, { concurrent: true }, () => {
  it(
    'says what an iteration that found no virtual user is: unsent',
    alone('open', async ({ server, drive }) => {
      server.signal('SIGSTOP');
      // Ten thousand would be needed; there are never so many.
      const load = await drive([request('/ok')], { timeoutMs: 10_000, stages: [{ level: 1_000, rampMs: 0 }] });
      await load.until('unsent requests', () => load.sum(({ unsent }) => unsent) > 100);
      const totals = await load.stop();
      expect(totals.inFlight).toBeGreaterThan(1_000);
      expect(totals.notes?.join()).toMatch(/2000 virtual users; 10010 are needed/);
    }),
  );

  it(
    'holds an answer against what the plan says of a right one',
    alone('closed', async ({ drive }) => {
      const load = await drive([
        request('/ok', { answer: { status: [200], bodyContains: 'fine' } }),
        request('/ok', { answer: { bodyContains: 'a basket' } }),
        request('/missing', { answer: { status: [404] } }),
        request('/echo', { method: 'POST', body: 'nine byte', answer: { status: [201] } }),
      ]);
      await load.ended(200);
      await load.stop();
      const rows = load.frames.flatMap(({ by }) => by ?? []);
      const kinds = [0, 1, 2, 3].map((index) => {
        const own = rows.filter(({ request }) => request === index);
        return [
          ...new Set(own.flatMap((row) => [...(row.answered > 0 ? ['answered'] : []), ...Object.keys(row.failed)])),
        ];
      });
      expect(kinds).toEqual([['answered'], ['wrong-answer'], ['answered'], ['answered']]);
    }),
  );

  it(
    'says that kept connections hide lost requests, but not of requests that are never sent again',
    alone('closed', async ({ drive }) => {
      const kept = await drive([request('/ok')], { connections: 'kept' });
      await kept.answeredMore(20);
      expect((await kept.stop()).hides).toMatch(/GET again in silence.*unknown/);
      const post = request('/echo', { method: 'POST', body: 'nine byte' });
      const posted = await drive([post], { connections: 'kept' });
      await posted.answeredMore(20);
      expect(await posted.stop()).not.toHaveProperty('hides');
    }),
  );

  it(
    "plays a user's own script under the plan's stages, and tells its thresholds",
    alone('closed', async ({ drive }) => {
      const load = await drive([request('/')], own('demanding'));
      await load.ended(100);
      // Its own load would have been over after a second.
      await load.until('2 s', () => monotonicMs() > (load.events[0]?.atMs ?? 0) + 2_000);
      await load.ended(20);
      const totals = await load.stop();
      expect(kindsOf(totals)).toEqual(['http-5xx']);
      expect(Math.abs(totals.answered - (totals.failed['http-5xx'] ?? 0))).toBeLessThanOrEqual(USERS);
      expect(totals.notes?.join()).toMatch(/without their node/);
      expect(totals.thresholds).toEqual(
        expect.arrayContaining([
          { metric: 'http_req_duration', threshold: 'p(95)<60000', ok: true },
          { metric: 'http_req_duration', threshold: 'p(95)<1', ok: false },
          { metric: 'http_req_failed', threshold: 'rate<0.1', ok: false },
        ]),
      );
    }),
  );

  it(
    'hands in its books when a threshold ends k6 by itself, and says so',
    alone('closed', async ({ drive }) => {
      const load = await drive([request('/')], own('impatient'));
      expect(await load.load.died).toMatch(/code 99: threshold http_req_failed rate<0.01/);
      const told = load.events.find(({ state }) => state === 'stopped')?.totals;
      expect(told?.thresholds).toEqual([{ metric: 'http_req_failed', threshold: 'rate<0.01', ok: false }]);
    }),
  );

  it(
    'doubts the load of a script that throws while it runs',
    alone('closed', async ({ drive }) => {
      const load = await drive([request('/')], own('throws'));
      await load.ended(50);
      expect((await load.stop()).doubts?.join()).toMatch(/threw \d+ times, first: Error: no basket on the page of 200/);
    }),
  );

  it(
    'refuses a script that throws at once, or is not there, before anything boots',
    alone('closed', async () => {
      await expect(k6.ready?.(planFor(k6, 'closed', [], own('broken')), signal)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('the list of products is empty') as string,
      });
      await expect(k6.ready?.(planFor(k6, 'closed', [], own('absent')), signal)).rejects.toMatchObject({
        code: 'invalid',
      });
      await expect(k6.ready?.(planFor(k6, 'closed', [], own('demanding')), signal)).resolves.toBeUndefined();
    }),
  );
});

// By itself: it looks at every process below this one.
describe.skipIf(whyNoK6 !== '')(`the processes of k6${whyNoK6}`, () => {
  it(
    'leaves no k6 behind, however its worker ends',
    alone('closed', async ({ drive }) => {
      await drive([request('/ok')]);
      const [running, ...others] = k6Below();
      expect(others).toEqual([]);
      const { pid, parent } = running ?? { pid: 0, parent: 0 };
      expect(isK6(pid)).toBe(true);
      process.kill(parent, 'SIGKILL');
      await waitFor(() => (isK6(pid) ? { done: false, evidence: `${pid} runs` } : { done: true, value: true }), {
        what: 'k6 to end',
        deadlineMs: WAIT_MS,
      });
    }),
  );
});
