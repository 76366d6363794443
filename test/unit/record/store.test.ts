import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.js';
import type { Plan } from '../../../harness/plan/plan.js';
import type { JournalEvent } from '../../../harness/record/events.js';
import { Journal } from '../../../harness/record/journal.js';
import { openRun, RunFolder, type RunMeta } from '../../../harness/record/store.js';
import { stillArmed, UndoLedger } from '../../../harness/record/undo.js';

const meta: RunMeta = {
  schemaVersion: 1,
  runId: 'r1',
  scenario: 's',
  file: 's.yaml',
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  environments: ['production'],
  leftBehind: [],
  unwritable: null,
};

function stored() {
  const root = mkdtempSync(join(tmpdir(), 'remuster-store-'));
  const folder = RunFolder.create(root, 'r1');
  folder.saveMeta(meta);
  const environment = folder.environment({ environment: { name: 'production' } } as Plan);
  return { root, folder, environment };
}

describe('the run folder', () => {
  it('gives back what the journal took, in order, with times relative to its start', async () => {
    const { root, environment } = stored();
    const journal = new Journal(environment.journalFile);
    journal.observe({ kind: 'phase', phase: 'boot', state: 'started', atMs: journal.zeroMs });
    journal.observe({ kind: 'phase', phase: 'boot', state: 'ended', atMs: journal.zeroMs + 1234.56 });
    journal.close();
    journal.observe({ kind: 'end' });
    const events: JournalEvent[] = [];
    for await (const event of openRun('r1', root).environments[0]!.events()) events.push(event);
    expect(events.map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['phase', 0],
      ['phase', 1234.6],
    ]);
  });

  it('skips a torn line and says which', async () => {
    const { root, environment } = stored();
    appendFileSync(environment.journalFile, '{"kind":"end","atMs":1}\n{"kind":"pha');
    const damaged: number[] = [];
    const kinds: string[] = [];
    for await (const event of openRun('r1', root).environments[0]!.events((line) => damaged.push(line)))
      kinds.push(event.kind);
    expect(kinds).toEqual(['end']);
    expect(damaged).toEqual([2]);
  });

  it('names the runs that there are when asked for one that there is not', () => {
    const { root } = stored();
    expect(() => openRun('r2', root)).toThrow(HarnessError);
    try {
      openRun('r2', root);
    } catch (error) {
      expect((error as HarnessError).hint).toContain('r1');
    }
  });

  it('points latest at the newest run', () => {
    const { root, folder } = stored();
    folder.publish({ runId: 'r1', scenario: 's', verdict: 'pass', exitCode: 0 });
    expect(JSON.parse(readFileSync(join(root, 'latest', 'run.json'), 'utf8'))).toEqual(meta);
  });
});

describe('the undo ledger', () => {
  it('lists what was armed and not undone, also after a torn line', () => {
    const { environment } = stored();
    const ledger = new UndoLedger(environment.undoFile);
    const undo = { kind: 'signal', containerId: 'c', node: 'web-1', signal: 'CONT', targets: ['5.1.a'] } as const;
    ledger.arm('1.0.web-1', undo);
    ledger.arm('1.0.web-2', { ...undo, node: 'web-2' });
    ledger.undone('1.0.web-1', undo);
    appendFileSync(environment.undoFile, '{"id":"1.1.w');
    expect(stillArmed(environment.undoFile).map(({ id }) => id)).toEqual(['1.0.web-2']);
  });
});
