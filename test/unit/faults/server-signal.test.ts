import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../harness/faults/fault.js';
import { faults } from '../../../harness/faults/index.js';
import type { ServerPath } from '../../../harness/plan/promise.js';
import { puma } from '../../../harness/tier/servers/puma.js';
import { unicorn } from '../../../harness/tier/servers/unicorn.js';
import { FakeNode, planWith, process, type Reaction } from './fake-node.js';

const pathsOf = (server: typeof unicorn | typeof puma, options: object): readonly ServerPath[] =>
  server.paths(server.options.parse(options) as never);

const OLD = [process('1.1.s', 0, 'supervisor'), process('20.5.a', 1, 'master'), process('21.6.a', 20, 'worker')];

function thrownBy(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function struck(fault: Fault, node: FakeNode) {
  const { context } = node;
  node.processes = node.processes.length > 0 ? node.processes : OLD;
  const aim = await fault.aim({}, context);
  return fault.hit({}, aim, context, () => undefined);
}

describe('restarts by the server itself', () => {
  it('are refused while planning where the server lacks them, with the paths that it has', () => {
    const plan = planWith(pathsOf(puma, {}));
    expect(thrownBy(() => faults.phased.validate!({}, plan))).toMatchObject({
      code: 'invalid',
      message: 'environment production: unicorn has no phased restart here',
      hint: 'it has kill-master, in-place',
    });
    expect(thrownBy(() => faults.reload.validate!({}, plan))).toMatchObject({ exitCode: 104 });
    expect(() => faults.phased.validate!({}, planWith(pathsOf(puma, { workers: 2 })))).not.toThrow();
  });

  it('speak of what the server says becomes of whom', () => {
    expect(faults['in-place'].path({}, planWith(pathsOf(puma, {})))).toMatchObject({
      subject: 'master',
      expects: 're-executed',
    });
    expect(faults.reload.path({}, planWith(pathsOf(unicorn, {})))).toMatchObject({ subject: 'workers' });
  });

  it('in-place of puma lands when the same pid has executed itself anew', async () => {
    const node = new FakeNode(planWith(pathsOf(puma, {})), (each, _pid, signal) => {
      if (signal === 'USR2') each.processes = [OLD[0]!, process('20.5.b', 1, 'master')];
    });
    expect(await struck(faults['in-place'], node)).toMatchObject({
      landed: true,
      evidence: 'SIGUSR2 to master: pid 20: executed itself anew under pid 20',
    });
  });

  it('in-place of puma misses when nothing happens', async () => {
    const node = new FakeNode(planWith(pathsOf(puma, {})), () => undefined);
    expect(await struck(faults['in-place'], node)).toMatchObject({ landed: false });
  });

  const beside: Reaction = (node, pid, signal) => {
    if (signal === 'USR2') {
      node.processes = [...OLD, process('30.8.b', 20, 'worker'), process('31.9.b', 30, 'worker')];
      node.answersAs('30.8.b');
    }
    if (signal === 'QUIT' && pid === 20)
      node.processes = [OLD[0]!, process('30.8.b', 1, 'master'), process('31.9.b', 30, 'worker')];
  };

  it('in-place of unicorn ends the old master once the new one answers', async () => {
    const node = new FakeNode(planWith(pathsOf(unicorn, {})), beside);
    expect(await struck(faults['in-place'], node)).toMatchObject({
      landed: true,
      evidence: expect.stringContaining('new master pid 30 (answers), SIGQUIT to the old one: gone') as string,
    });
    expect(node.signals).toEqual(['USR2 20', 'QUIT 20']);
  });

  it('in-place of unicorn leaves the old master alone while there is no new one', async () => {
    const node = new FakeNode(planWith(pathsOf(unicorn, {})), (each) => {
      // Forked, but not yet executed: it is still the old program.
      each.processes = [...OLD, process('30.8.a', 20, 'worker')];
    });
    expect(await struck(faults['in-place'], node)).toMatchObject({ landed: false });
    expect(node.signals).toEqual(['USR2 20']);
  });

  it('a reload that replaces a part of the workers has landed: the receipt tells the rest', async () => {
    const two = [...OLD, process('22.6.a', 20, 'worker')];
    const node = new FakeNode(planWith(pathsOf(unicorn, {})), (each) => {
      each.processes = [...OLD, process('40.9.a', 20, 'worker')];
    });
    node.processes = two;
    const landing = await struck(faults.reload, node);
    expect(landing).toMatchObject({ landed: true, targets: ['21.6.a', '22.6.a'] });
    expect(landing.evidence).toMatch(/^SIGHUP to master: pid 20: 1 of 2 old workers gone/);
    expect(node.signals).toEqual(['HUP 20']);
  });
});
