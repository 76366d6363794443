// The data of the page: times since the start of the load, nothing of the take-down, findings that find their evidence.
import { describe, expect, it } from 'vitest';
import { toldShort } from '../../../../harness/report/html/environment-data.js';
import { momentSaid } from '../../../../harness/report/html/findings.js';
import { JournalView, reportData } from '../../../../harness/report/html/index.js';
import { environment, flagship, NODES, plans, production } from '../flagship.js';
import { journal, LOAD_START_MS } from './journal.js';

const made = (name: string) =>
  journal({
    environment: name,
    minutes: 1,
    restartEveryMs: 15_000,
    ...(name === 'production' ? { lostFromMs: 31_000 } : {}),
  });
const data = await reportData(flagship, plans, made);
const lost = data.environments[1]!;

describe('an environment of the page', () => {
  it('has times since the start of the load, from the smoke check to the end of the rounds', () => {
    expect(lost.journalZeroMs).toBe(LOAD_START_MS);
    expect(lost.smoke).toMatchObject({ green: true, atMs: -2000 });
    expect(lost.fromMs).toBe(-3000);
    expect(lost.load.atMs[0]).toBe(0);
    expect(lost.nodes.map(({ name }) => name)).toEqual(NODES);
  });

  it('shows the lost node as lost, and nothing of the take-down', () => {
    const [web1, web2] = lost.nodes;
    expect(web1?.answers.at(-1)).toMatchObject({ word: 'no byte', tone: 'bad', fromMs: 31_001 });
    expect(web1?.balancer.at(-1)).toMatchObject({ word: 'DOWN', tone: 'bad', note: 'L7TOUT' });
    expect(web1?.traffic.failed.reduce((sum, each) => sum + each)).toBe(4 * 290);
    // To the last event of the rounds, not to the census of the emptied node after them.
    expect(web2?.processes.at(-1)).toMatchObject({ toMs: 59_920, generation: 2 });

    const passed = data.environments[0]!.nodes[0]!;
    expect(passed.answers.at(-1)?.tone).toBe('good');
    expect(passed.traffic.failed.every((each) => each === 0)).toBe(true);
  });

  it('quotes a supervisor once', () => {
    const quotes = lost.story.filter(({ text }) => text.includes('Did you forget'));
    expect(quotes).toHaveLength(1);
    expect(quotes[0]?.text).not.toContain('\u001b');
  });

  it('sends each finding to its receipt and claim', () => {
    const [first] = lost.findings;
    expect(first).toMatchObject({ node: 'web-1', receipt: 0, claim: 'answers' });
    const claims = lost.receipts[first!.receipt!]!.claims;
    expect(claims[data.claims.indexOf('answers')]).toEqual([
      'broken',
      expect.any(Number),
      expect.stringContaining('0 of 5'),
    ]);
    expect(lost.findings.at(-1)).toMatchObject({
      check: 'no-cascade',
      atMs: production.cascade.totalOutageAtMs,
      receipt: null,
    });
  });

  it('takes the restart that a finding names, not the first of the node', () => {
    const passed = environment('release');
    const [one, two] = passed.receipts.filter(({ node }) => node === 'web-1');
    const finding = {
      check: 'every-node-returns',
      severity: 'fail',
      node: 'web-1',
      claim: 'answers',
      message: 'web-1, restart 2 at 30.0 s: answers is broken',
    } as const;
    return reportData({ ...flagship, environments: [{ ...passed, findings: [finding] }] }, plans, made).then(
      ({ environments: [own] }) => {
        const found = own!.receipts[own!.findings[0]!.receipt!];
        expect(found?.startedMs).toBe(two?.startedMs);
        expect(found?.startedMs).not.toBe(one?.startedMs);
      },
    );
  });

  it('can be drawn while the run goes on, and again later', () => {
    const view = new JournalView(plans[1]!);
    let seen = 0;
    for (const event of made('production')) {
      view.step(event);
      seen += 1;
      if (seen === 300) expect(view.finish().nodes[0]?.answers).toHaveLength(1);
    }
    expect(view.finish()).toEqual(view.finish());
    expect(view.finish().nodes[0]?.answers.at(-1)?.tone).toBe('bad');
  });

  it('does without a journal', async () => {
    const bare = await reportData(flagship, plans, () => []);
    expect(bare.environments[1]).toMatchObject({ verdict: 'fail', load: { atMs: [] } });
    expect(bare.environments[1]!.receipts).toHaveLength(4);
  });
});

describe('the moment of a finding', () => {
  it('is the one that its words name', () => {
    expect(momentSaid('0 of 5 direct answers since 31.7 s; connects, then no byte in 2.0 s')).toBe(31_700);
    expect(momentSaid('Whole tier, fault window from 2 min 5 s to 3 min 0 s: 3 of 9 requests failed')).toBe(125_000);
    expect(momentSaid('the generator was late by 3 s')).toBeUndefined();
  });
});

describe('the reason', () => {
  it('is the first sentence, without the word of the verdict; figures and quotations do not end it', () => {
    const { reason, more } = toldShort(production);
    expect(reason).toBe(
      'web-1 was restarted by bluepill (memory 228 of 213 MiB) and has not answered since 31.2 s, though bluepill says "up" and pid 97 owns the port.',
    );
    expect(more).toBe('Total outage 37.3 s after the first restart.');
    const quoted = toldShort(environment('x', { summary: 'x: FAIL. it says "Did you forget?". web-2 followed.' }));
    expect(quoted).toEqual({ reason: 'it says "Did you forget?".', more: 'web-2 followed.' });
    expect(toldShort(environment('x', { summary: 'every node came back' })).reason).toBe('every node came back');
  });
});
