// A node that is shut down and started again: all that goes with it is accounted for, whatever it turns into on the way.
import { expect, test } from 'vitest';
import { judgeEnvironment } from '../../../harness/verdict/judge.js';
import { JournalBuilder, processOf } from './journal-builder.js';

const PATH = { name: 'node-reboot', subject: 'node', expects: 'replaced' } as const;

function goesDown(supervisorBecomes: string): JournalBuilder {
  const journal = new JournalBuilder().steady();
  const node = journal.node();
  const targets = [node.supervisor.key, node.master!.key];
  journal.fault('web-1', 'sent', { path: PATH, targets, fault: 'node-reboot' });
  journal.pass(200).die('web-1');
  node.supervisor = { ...node.supervisor, key: supervisorBecomes, command: 'systemd-shutdown halt' };
  journal.census('web-1').pass(400);
  node.supervisor = processOf(10, 1, 'supervisor', 9_000);
  journal.census('web-1').fault('web-1', 'landed', { path: PATH, targets, fault: 'node-reboot' });
  return journal.pass(800).spawn('web-1').says('web-1', 'running', 'up').pass(12_000);
}

async function deathsOf(journal: JournalBuilder): Promise<readonly string[]> {
  const { findings } = await judgeEnvironment(journal.plan, journal.end());
  return findings.filter(({ check }) => check === 'deaths-accounted-for').map(({ message }) => message);
}

test('PID 1 that executes its shutdown program ends as the node that went down', async () => {
  expect(await deathsOf(goesDown('10.100.shutdown'))).toEqual([]);
});

test('a supervisor that was not there before is nobody’s doing', async () => {
  expect(await deathsOf(goesDown('10.777.x'))).toMatchObject([expect.stringContaining('supervisor pid 10')]);
});
