// Faults that end processes: past their supervisor, the supervisor itself, and again and again.
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../harness/faults/fault.js';
import { faults } from '../../../harness/faults/index.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { FakeNode, planWith, process, type Reaction } from './fake-node.js';

const SUPERVISOR = process('1.1.s', 0, 'supervisor');
const MASTER = process('20.5.a', 1, 'master');

async function struck(fault: Fault, options: unknown, node: FakeNode) {
  const { context } = node;
  node.processes = [SUPERVISOR, MASTER];
  node.answersAs(MASTER.key);
  const aim = await fault.aim(options, context);
  return fault.hit(options, aim, context, () => undefined);
}

const gone: Reaction = (node, pid) => {
  node.processes = node.processes.filter((each) => each.pid !== pid);
};

describe('clean-exit', () => {
  it('sends the own stop signal of the service and lands when the master has gone', async () => {
    const node = new FakeNode(planWith([]), gone);
    expect(await struck(faults['clean-exit'], {}, node)).toMatchObject({ landed: true });
    expect(node.signals).toEqual(['QUIT 20']);
  });

  it('misses a master that does not end', async () => {
    const node = new FakeNode(planWith([]), () => undefined);
    expect(await struck(faults['clean-exit'], {}, node)).toMatchObject({ landed: false });
  });
});

describe('kill', () => {
  const term = faults.kill.options.parse({ signal: 'TERM' });
  const deaf: Reaction = () => undefined;

  it('a TERM that is delivered has landed: what a server makes of it is for its receipt', async () => {
    expect(await struck(faults.kill, term, new FakeNode(planWith([]), deaf))).toMatchObject({ landed: true });
  });

  it('a TERM to a server that is PID 1 and has no handler for it is dropped by the kernel, and has missed', async () => {
    const asPid1 = planWith([], { serverIsPid1: true });
    expect(await struck(faults.kill, term, new FakeNode(asPid1, deaf))).toMatchObject({ landed: false });
    expect(await struck(faults.kill, term, new FakeNode(asPid1, gone))).toMatchObject({ landed: true });
  });
});

describe('supervisor-death', () => {
  it('kills the supervisor and nobody else', async () => {
    const node = new FakeNode(planWith([]), gone);
    const options = faults['supervisor-death'].options.parse({ signal: 'SIGTERM' });
    expect(await struck(faults['supervisor-death'], options, node)).toMatchObject({ landed: true, targets: ['1.1.s'] });
    expect(node.signals).toEqual(['TERM 1']);
  });
});

describe('repeat-until-gives-up', () => {
  const fault = faults['repeat-until-gives-up'];
  const budget = { restarts: 2, withinMs: 10_000, thenState: 'failed' };

  /** Brings a new master back so many times. */
  const comesBack =
    (times: number, then: (node: FakeNode) => void = () => undefined): Reaction =>
    (node, pid) => {
      const nth = pid - 19;
      node.processes = [SUPERVISOR];
      if (nth > times) return then(node);
      const next = process(`${20 + nth}.5.x`, 1, 'master');
      node.processes = [SUPERVISOR, next];
      node.answersAs(next.key);
    };

  const run = (plan: Plan, reaction: Reaction, options: object = {}) => {
    const node = new FakeNode(plan, reaction);
    return struck(fault, fault.options.parse(options), node).then((landing) => ({ landing, story: node.story }));
  };

  it('stops when the supervisor says that it gave up, and writes down each further blow before it falls', async () => {
    const reaction = comesBack(2, (node) => node.says('failed', 'failed (failed)'));
    const { landing, story } = await run(planWith([], { budget }), reaction);
    expect(landing).toMatchObject({
      landed: true,
      evidence: 'SIGKILL 3 times to the master: bluepill gave up ("failed (failed)")',
      targets: ['20.5.a', '21.5.x', '22.5.x'],
    });
    expect(story).toEqual(['KILL 20', 'again 21', 'KILL 21', 'again 22', 'KILL 22']);
  });

  it('falls two times more than restarts are promised: the first start may count or not', async () => {
    const { landing, story } = await run(planWith([], { budget }), comesBack(99));
    expect(landing).toMatchObject({ landed: true, evidence: 'SIGKILL 4 times to the master: all blows fell' });
    expect(story.filter((each) => each.startsWith('KILL'))).toHaveLength(4);
  });

  it.each([
    [{}, 6],
    [{ times: 3 }, 3],
  ])('without a budget, with %j, falls %i times', async (options, times) => {
    const { story } = await run(planWith([]), comesBack(99), options);
    expect(story.filter((each) => each.startsWith('KILL'))).toHaveLength(times);
  });

  it('tells of a server that does not come back without a word of its supervisor', async () => {
    const { landing } = await run(planWith([]), comesBack(1));
    expect(landing.landed).toBe(true);
    expect(landing.evidence).toMatch(/^SIGKILL 2 times to the master: nobody came back in /);
  });

  it('waits for an answer of the new master before it hits again, or only for its pid', async () => {
    const silent: Reaction = (node, pid) => {
      node.processes = [SUPERVISOR, process(`${pid + 1}.5.x`, 1, 'starting')];
    };
    const serving = await run(planWith([]), silent);
    expect(serving.landing.evidence).toContain('nobody came back');
    const starting = await run(planWith([]), silent, { while: 'starting' });
    expect(starting.landing.evidence).toBe('SIGKILL 6 times to the master: all blows fell');
  });
});
