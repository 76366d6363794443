// What every load engine says of a node that dies behind the real HAProxy: a 502 or 503 of the balancer is a failure of the
// node that it names, and what the balancer masks by a retry is nobody's failure. The servers' logs are the truth.
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../harness/core/errors.js';
import { engines } from '../../harness/load/index.js';
import type { LoadEngine } from '../../harness/load/engine.js';
import type { FailureKind, LoadTotals } from '../../harness/record/events.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Runtime } from '../../harness/tier/runtime/runtime.js';
import { startBalanced, type Balanced } from './load/balanced.js';
import { request, USERS, WAIT_MS } from './load/cases.js';
import { cut, Drive, kindsOf } from './load/drive.js';
import { whyNoK6 } from './load/k6-here.js';
import { failedIn } from './load/law.js';
import { planFor, type EngineAndModel } from './load/plan.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';

/** A node that is dead stays in the balancer's list: what becomes of its requests does not depend on who is first. */
const PATIENT = { connectTimeout: '20s', serverTimeout: '60s' };
const STAYS = { ...PATIENT, checkInterval: '60s' };
const NO_RETRIES = { ...STAYS, retries: 0, redispatch: false };
/** The last attempt is the one that goes to another node. */
const ONE_RETRY = { ...STAYS, retries: 1 };
const LEAVES = { ...PATIENT, checkInterval: '200ms', fall: 2, rise: 2, retries: 0, redispatch: false };

const all: readonly EngineAndModel[] = Object.values<LoadEngine>(engines).flatMap((engine) =>
  engine.models.map((model) => ({ engine, name: engine.name, model })),
);
const here = all.filter(({ name }) => name !== 'k6' || whyNoK6 === '');

describe.skipIf(why !== '').each(here)(`$name, $model model, behind HAProxy${why}`, { concurrent: true }, (under) => {
  async function behind(
    options: Readonly<Record<string, unknown>>,
    body: (tier: Balanced, load: Drive) => Promise<void>,
  ): Promise<void> {
    const tier = await startBalanced(connected as Runtime, options);
    const load = new Drive(
      under.engine,
      planFor(under.engine, under.model, [request('/ok')], { timeoutMs: WAIT_MS }),
      tier.target,
    );
    try {
      await load.start();
      await load.until('answers of both', () => Math.min(...['web-1', 'web-2'].map((node) => good(load, node))) >= 30);
      await body(tier, load);
    } finally {
      load.abort.abort(new Error('the test is over'));
      await tier.remove();
    }
  }

  it('counts each request that a dead node cost as its own, without retries', () =>
    behind(NO_RETRIES, async ({ web1, web2 }, load) => {
      await web1.kill();
      await load.until('a refusal of the balancer', () => bad(load, 'web-1', 'http-5xx') > 0);
      await web1.start();
      await load.until('the next generation', () => good(load, 'web-1', '2') >= 30);
      const totals = await load.stop();
      expect(totals.failed['http-5xx']).toBeGreaterThan(0);
      isBlamedOn(load, totals, ['web-1']);
      agreesWithBoth(web1.received + web2.received, web1.completed + web2.completed, totals);
    }));

  it('blames nobody for what a retry masked', () =>
    behind(ONE_RETRY, async ({ web1, web2 }, load) => {
      await web1.kill();
      const answered = good(load, 'web-2');
      await load.until('answers of the other one', () => good(load, 'web-2') >= answered + 50);
      await web1.start();
      await load.until('the next generation', () => good(load, 'web-1', '2') >= 30);
      const totals = await load.stop();
      // Only what the dead one had taken is lost: HAProxy does not send it again (retry-on, by default conn-failure). A dying
      // listener still takes connections, and resets them unread.
      isBlamedOn(load, totals, ['web-1']);
      const unread = totals.offered - totals.unsent - web1.received - web2.received;
      if (under.model === 'closed') expect(failedIn(totals) - unread).toBeLessThanOrEqual(USERS);
      agreesWithBoth(web1.received + web2.received, web1.completed + web2.completed, totals);
    }));

  it('takes the 503 of a balancer without nodes, body and all, for a failure of no node', () =>
    behind(LEAVES, async ({ web1, web2 }, load) => {
      await Promise.all([web1.kill(), web2.kill()]);
      await load.until('failures of nobody', () => bad(load, null, 'http-5xx') >= 50);
      await Promise.all([web1.start(), web2.start()]);
      await load.until('both to answer again', () => ['web-1', 'web-2'].every((node) => good(load, node, '2') >= 20));
      const totals = await load.stop();
      isBlamedOn(load, totals, [null, 'web-1', 'web-2']);
      agreesWithBoth(web1.received + web2.received, web1.completed + web2.completed, totals);
    }));
});

if (whyNoK6 !== '') describe.skip(`k6 behind HAProxy${whyNoK6}`, () => it('is not looked at', () => undefined));

/**
 * Whatever the balancer answered itself is a 5xx of these. Where a request was not the first of a kept connection and its
 * server dies, HAProxy ends the connection without a word, for the client to send it again (src/http_ana.c, abort_keep_alive).
 */
function isBlamedOn(load: Drive, totals: LoadTotals, nodes: readonly (string | null)[]): void {
  const { 'http-5xx': answered = 0, eof = 0 } = totals.failed;
  expect(kindsOf(totals).filter((kind) => kind !== 'http-5xx' && kind !== 'eof')).toEqual([]);
  if (load.plan.connections === 'fresh') expect(eof).toBe(0);
  const blamed = nodes.reduce((sum, node) => sum + bad(load, node, 'http-5xx'), 0);
  expect([blamed, bad(load, null, 'eof')]).toEqual([answered, eof]);
}

/** What the servers read and answered, against the books: the difference is what the balancer refused or cut. */
function agreesWithBoth(received: number, completed: number, totals: LoadTotals): void {
  const most = (totals.failed['http-5xx'] ?? 0) + cut(totals);
  for (const count of [totals.offered - totals.unsent - received, completed - totals.answered]) {
    expect(count).toBeGreaterThanOrEqual(0);
    expect(count).toBeLessThanOrEqual(most);
  }
}

function good({ frames }: Drive, node: string, generation?: string): number {
  const rows = frames.flatMap(({ by }) => by ?? []).filter((row) => row.node === node);
  return rows
    .filter((row) => generation === undefined || row.generation === generation)
    .reduce((sum, row) => sum + row.answered, 0);
}

function bad({ frames }: Drive, node: string | null, kind: FailureKind): number {
  const rows = frames.flatMap(({ by }) => by ?? []).filter((row) => row.node === node);
  return rows.reduce((sum, { failed }) => sum + (failed[kind] ?? 0), 0);
}
