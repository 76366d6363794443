// A receipt of a server that does not say who answered (nginx, Apache): by node, moment, and owner of the listener.
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../../harness/record/events.js';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import type { ClaimId } from '../../../harness/verdict/model.js';
import { JournalBuilder } from './journal-builder.js';

/** The balancer's log has null where a probe has nothing. */
function unnamed(event: JournalEvent): JournalEvent {
  const nobody = event.kind === 'traffic' ? null : undefined;
  const text = JSON.stringify(event, (key, value: unknown) => (key === 'generation' ? nobody : value));
  return JSON.parse(text) as JournalEvent;
}

async function states(journal: JournalBuilder): Promise<Readonly<Partial<Record<ClaimId, string>>>> {
  const { receipts } = await judgeEnvironment(journal.plan, journal.end().map(unnamed));
  return Object.fromEntries(receipts[0]?.claims.map(({ id, state }) => [id, state]) ?? []);
}

describe('a server that does not say who answered', () => {
  it('has ten claims held when it comes back', async () => {
    const all = Object.values(await states(new JournalBuilder().steady().killAndReturn().pass(8_000)));
    expect(all).toEqual(Array<string>(10).fill('held'));
  });

  it('proves nothing by the answers of workers that outlived their master', async () => {
    const journal = new JournalBuilder().steady();
    const { master, workers } = journal.node();
    const orphans = workers.map((worker) => ({ ...worker, role: 'stray' as const, ppid: 1, holdsListener: true }));
    journal.fault('web-1', 'sent').pass(100);
    // The simulated node answers while it has a master; the census shows what is left of it.
    journal.add({
      kind: 'census',
      atMs: journal.nowMs,
      node: 'web-1',
      processes: [journal.node().supervisor, ...orphans],
    });
    journal.fault('web-1', 'landed', { targets: [master!.key] });
    journal.says('web-1', 'failed', 'failed').pass(30_000);
    expect(await states(journal)).toMatchObject({
      'old-gone': 'broken',
      'new-there': 'broken',
      supervised: 'broken',
      'owns-socket': 'broken',
      answers: 'broken',
      'balancer-up': 'held',
      'serves-load': 'broken',
      'share-restored': 'broken',
      settled: 'broken',
    });
  });
});
