import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { UndoRecord } from '../../../harness/faults/fault.js';
import { stillArmed, UndoLedger } from '../../../harness/record/undo.js';
import { healLeft } from '../../../harness/tier/heal-left.js';
import type { LeftBehind, Runtime } from '../../../harness/tier/runtime/runtime.js';

const node: LeftBehind = {
  kind: 'container',
  name: 'remuster-r1-web-1',
  id: 'c1',
  run: 'r1',
  owner: '',
  labelKind: 'run',
  ownerIsDead: true,
};
const undo: UndoRecord = { kind: 'exec', containerId: 'c1', node: 'web-1', argv: ['sh', '-c', 'rm /run/full'] };

let results = '';
let file = '';
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'remuster-'));
  mkdirSync(join(results, 'r1', 'environments', 'production'), { recursive: true });
  file = join(results, 'r1', 'environments', 'production', 'undo.ndjson');
});
afterEach(() => rmSync(results, { recursive: true }));

/** An engine whose commands end with that code. */
function engine(exitCode = 0): { readonly runtime: Runtime; readonly ran: (readonly string[])[] } {
  const ran: (readonly string[])[] = [];
  const execIn: Runtime['execIn'] = (_container, argv) => {
    ran.push(argv);
    return Promise.resolve({ exitCode, stdout: '', stderr: exitCode === 0 ? '' : 'busy' });
  };
  return { runtime: { execIn } as Runtime, ran };
}

it('runs the undo of a command that a dead run could not undo any more, once', async () => {
  new UndoLedger(file).arm('1.0.web-1', undo);
  const { runtime, ran } = engine();
  expect(await healLeft(runtime, [node], results)).toEqual([
    { run: 'r1', node: 'web-1', ok: true, words: 'undone  "rm /run/full" in remuster-r1-web-1 ended with 0' },
  ]);
  expect(await healLeft(runtime, [node], results)).toEqual([]);
  expect(ran).toEqual([['sh', '-c', 'rm /run/full']]);
});

it('leaves alone what was undone, what is of other nodes, and what runs elsewhere', async () => {
  const ledger = new UndoLedger(file);
  ledger.arm('1.0.web-1', undo);
  ledger.undone('1.0.web-1', undo);
  ledger.arm('1.0.web-2', { ...undo, containerId: 'gone' });
  const { runtime, ran } = engine();
  await healLeft(runtime, [node, { ...node, run: 'another' }], results);
  expect(ran).toEqual([]);
});

it('says what could not be undone, and keeps it in the ledger', async () => {
  new UndoLedger(file).arm('1.0.web-1', undo);
  const [healed] = await healLeft(engine(1).runtime, [node], results);
  expect(healed).toMatchObject({ ok: false, words: expect.stringContaining('ended with 1 (busy)') as string });
  expect(stillArmed(file)).toHaveLength(1);
});

it('lets only those go on that were stopped, not whoever has their pid now', async () => {
  new UndoLedger(file).arm('1.0.web-1', {
    kind: 'signal',
    containerId: 'c1',
    node: 'web-1',
    signal: 'CONT',
    targets: ['20.555.a'],
  });
  const { runtime, ran } = engine();
  await healLeft(runtime, [node], results);
  expect(ran[0]?.[2]).toMatch(/\/proc\/20\/stat .*!= 555 \] \|\| kill -CONT 20$/);
});
