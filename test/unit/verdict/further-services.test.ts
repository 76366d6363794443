// A node with several services: each has receipts of its own, what the balancer does not reach is not asked about it, and what
// goes with a fault on another service of the node is accounted for.
import { describe, expect, test } from 'vitest';
import type { FurtherService } from '../../../harness/plan/node-spec.js';
import type { Plan } from '../../../harness/plan/plan.js';
import type { EnvironmentResult, Receipt } from '../../../harness/verdict/model.js';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import { isWhole } from '../../../harness/verdict/evidence.js';
import { JournalBuilder, processOf } from './journal-builder.js';
import { planFor } from './test-plan.js';

const service = (name: string, listens: FurtherService['listens']): FurtherService => ({
  ...{ name, listens, stop: { signal: 'TERM', graceMs: 20_000 } },
  supervisor: { kind: 'bluepill', options: { process: name } },
  server: { kind: 'own', options: {} },
});

function several(): Plan {
  const base = planFor({ rounds: [] });
  const facts = { ...base.facts, workers: null };
  const own = {
    source: { kind: 'image', image: 'shop:1' },
    ...{ port: 80, healthPath: '/', mounts: [], bootMs: 1 },
    stop: { signal: 'TERM', graceMs: 20_000 },
    services: [
      service('puma', { kind: 'port', port: 3000, healthPath: '/' }),
      service('api', { kind: 'socket', path: '/run/api.sock' }),
      service('jobs', { kind: 'nowhere' }),
    ],
  } as const;
  const { environment } = base;
  return {
    ...base,
    environment: { ...environment, node: { ...environment.node, own } },
    serviceFacts: { puma: facts, api: facts, jobs: facts },
  };
}

const POSTS = ['web-1', 'web-1/puma', 'web-1/api', 'web-1/jobs'];
const judged = (journal: JournalBuilder): Promise<EnvironmentResult> => judgeEnvironment(journal.plan, journal.end());
const notApplicable = ({ claims }: Receipt): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(claims.filter(({ state }) => state === 'not-applicable').map(({ id, reason }) => [id, reason]));
const titles = ({ receipts }: EnvironmentResult): readonly string[] =>
  receipts.map((receipt) => `${receipt.node} ${receipt.path.name} ${isWhole(receipt) ? 'whole' : 'not whole'}`).sort();

describe('a fault on one service', () => {
  test('gives that service a receipt; what the balancer does not reach is not asked, and the reason is told', async () => {
    const result = await judged(new JournalBuilder(several()).steady().killAndReturn('web-1/puma').pass(8_000));
    expect(titles(result)).toEqual(['web-1/puma kill-master whole']);
    const [receipt] = result.receipts;
    expect(receipt?.service).toBe('puma');
    expect(Object.keys(notApplicable(receipt!))).toEqual(['balancer-up', 'serves-load', 'share-restored']);
    expect(notApplicable(receipt!)['serves-load']).toContain('the balancer does not reach puma');
    expect(result.verdict).toBe('pass');
    expect(result.supervisorsSay['web-1/puma']).toBe('up');
  });

  test.each([
    ['web-1/jobs', ['owns-socket', 'answers', 'balancer-up', 'serves-load', 'share-restored'], 'listens nowhere'],
    ['web-1/api', ['answers', 'balancer-up', 'serves-load', 'share-restored'], 'only what runs in the node can ask it'],
  ])('%s: what it is not asked follows from where it listens', async (post, claims, words) => {
    const result = await judged(new JournalBuilder(several()).steady().killAndReturn(post).pass(8_000));
    expect(titles(result)).toEqual([`${post} kill-master whole`]);
    expect(Object.keys(notApplicable(result.receipts[0]!))).toEqual(claims);
    expect(notApplicable(result.receipts[0]!)['answers']).toContain(words);
  });

  test('one that does not come back fails, and the service that the balancer reaches is not blamed', async () => {
    const journal = new JournalBuilder(several()).steady().fault('web-1/jobs', 'sent').pass(100).die('web-1/jobs');
    journal.fault('web-1/jobs', 'landed').says('web-1/jobs', 'failed', 'unmonitored').pass(25_000);
    const result = await judged(journal);
    expect(result.verdict).toBe('fail');
    expect(titles(result)).toEqual(['web-1/jobs kill-master not whole']);
    expect(new Set(result.findings.map(({ check, node }) => `${check} ${node ?? ''}`))).toEqual(
      new Set(['every-node-returns web-1/jobs']),
    );
    expect(result.summary).toContain('web-1/jobs had its master killed');
    expect(result.summary).not.toContain('and answers');
  });

  test('a node that is out because its own service was killed is no victim of a cascade', async () => {
    const journal = new JournalBuilder(several()).steady().fault('web-1/puma', 'sent').pass(100).die('web-1/puma');
    journal.fault('web-1/puma', 'landed').node('web-1').hung = true;
    journal.backend('web-1', false, 'L7STS').pass(40_000);
    const result = await judged(journal);
    expect(result.cascade.happened).toBe(false);
    expect(result.findings.filter(({ check }) => check === 'no-cascade')).toEqual([]);
    const during = result.windows.filter(({ node, kind }) => node === 'web-1' && kind === 'fault');
    expect(during.length).toBeGreaterThan(0);
  });
});

describe('what goes along with a fault on another service', () => {
  test('a node that is rebooted: a receipt for each of its services, and nobody ended unaccounted for', async () => {
    const path = { name: 'node-reboot', subject: 'node', expects: 'replaced' } as const;
    const journal = new JournalBuilder(several()).steady();
    const targets = [journal.node().supervisor.key, journal.node().master!.key];
    journal.fault('web-1', 'sent', { path, targets, fault: 'node-reboot' }).pass(200);
    for (const post of POSTS) {
      journal.die(post).node(post).supervisor = processOf(10, 1, 'supervisor', 9_000);
      journal.census(post);
    }
    journal.fault('web-1', 'landed', { path, targets, fault: 'node-reboot' }).pass(800);
    for (const post of POSTS) journal.spawn(post).says(post, 'running', 'up');
    const result = await judged(journal.pass(12_000));
    expect(titles(result)).toEqual([...POSTS].sort().map((post) => `${post} node-reboot whole`));
    expect(result.findings).toEqual([]);
  });

  test('a supervisor that looks after all of them: its death is a receipt of each', async () => {
    const path = { name: 'supervisor-death', subject: 'supervisor', expects: 'replaced' } as const;
    const journal = new JournalBuilder(several()).steady();
    const targets = [journal.node().supervisor.key];
    journal.fault('web-1', 'sent', { path, targets, fault: 'supervisor-death' }).pass(200);
    for (const post of POSTS) {
      journal.node(post).supervisor = processOf(11, 1, 'supervisor', 9_000);
      journal.census(post);
    }
    journal.fault('web-1', 'landed', { path, targets, fault: 'supervisor-death' });
    const result = await judged(journal.pass(12_000));
    expect(titles(result)).toEqual([...POSTS].sort().map((post) => `${post} supervisor-death whole`));
    expect(result.findings.filter(({ check }) => check === 'deaths-accounted-for')).toEqual([]);
  });

  test('a service that ends by itself is nobody’s doing, even while another one is being restarted', async () => {
    const journal = new JournalBuilder(several()).steady().killAndReturn('web-1/puma');
    journal.die('web-1/jobs').says('web-1/jobs', 'starting', 'down').pass(500);
    journal.spawn('web-1/jobs').says('web-1/jobs', 'running', 'up').pass(10_000);
    const result = await judged(journal);
    expect(titles(result)).toEqual(['web-1/jobs lost-master whole', 'web-1/puma kill-master whole']);
    expect(result.findings).toMatchObject([{ check: 'deaths-accounted-for', node: 'web-1/jobs' }]);
  });
});

test('where nobody listens, the shell of a run script is the server until it executes it: that is no death', async () => {
  const journal = new JournalBuilder(several()).steady().pass(2_000);
  const jobs = journal.node('web-1/jobs');
  jobs.master = { ...jobs.master!, key: `${jobs.master!.key.split('.').slice(0, 2).join('.')}.executed` };
  const result = await judged(journal.census('web-1/jobs').pass(3_000));
  expect(result.receipts).toEqual([]);
  expect(result.findings).toEqual([]);
});

test('the muster asks each service what can be asked of it', async () => {
  const journal = new JournalBuilder(several()).boot();
  journal.says('web-2/jobs', 'stopped', 'down');
  const result = await judged(journal.musterEnds());
  expect(result.findings).toMatchObject([{ check: 'muster', node: 'web-2/jobs', claim: 'supervised' }]);
});
