import { describe, expect, it } from 'vitest';
import { exec } from '../../../harness/faults/exec.js';
import type { ExecResult } from '../../../harness/tier/runtime/runtime.js';
import { FakeNode, planWith, process } from './fake-node.js';

async function struck(given: object, run: (argv: readonly string[]) => Partial<ExecResult> = () => ({})) {
  const options = exec.options.parse(given);
  const node = new FakeNode(planWith([]), () => undefined, run);
  node.processes = [process('20.5.a', 1, 'master')];
  const { context } = node;
  const aim = await exec.aim(options, context);
  const landing = await exec.hit(options, aim, context, () => undefined);
  return { options, node, context, aim, landing };
}

describe('exec', () => {
  it('runs a text in the shell and a list as it is; without a proof it lands when the command ends with 0', async () => {
    const text = await struck({ command: 'rm -f /run/x' });
    expect(text.node.ran).toEqual([['sh', '-c', 'rm -f /run/x']]);
    expect(text.landing).toEqual({ landed: true, evidence: '"rm -f /run/x": ended with 0', targets: ['20.5.a'] });
    const list = await struck({ command: ['rm', '-f', '/run/x y'] });
    expect(list.node.ran).toEqual([['rm', '-f', '/run/x y']]);
  });

  it('misses when the command fails, with what it said', async () => {
    const { landing } = await struck({ command: 'false' }, () => ({ exitCode: 3, stderr: 'no such thing\n' }));
    expect(landing).toMatchObject({ landed: false, evidence: '"false": ended with 3 (no such thing)' });
  });

  it('lands by its proof, whatever the command ended with', async () => {
    let looks = 0;
    const { landing } = await struck({ command: 'go', proof: 'look' }, (argv) =>
      argv[2] === 'go' ? { exitCode: 1 } : { exitCode: (looks += 1) < 2 ? 1 : 0 },
    );
    expect(landing).toMatchObject({ landed: true, evidence: '"go": ended with 1; proved by "look"' });
  });

  it('hands its undo over for others, and fails loudly when it cannot be undone', async () => {
    const { options, aim, context } = await struck({ command: 'go', undo: 'back', for: '3s' }, (argv) =>
      argv[2] === 'back' ? { exitCode: 1, stdout: 'busy' } : {},
    );
    expect(aim.undo).toEqual({ kind: 'exec', containerId: 'c1', node: 'web-1', argv: ['sh', '-c', 'back'] });
    expect(exec.healAfterMs?.(options)).toBe(3_000);
    await expect(exec.heal?.(options, aim, context)).rejects.toThrow('web-1: the undo "back" ended with 1 (busy)');
  });

  it('drives the path that the scenario names', () => {
    const options = exec.options.parse({ command: 'go', path: 'full-disk', subject: 'workers', expects: 'kept' });
    expect(exec.path(options, planWith([]))).toEqual({ name: 'full-disk', subject: 'workers', expects: 'kept' });
  });

  it.each([
    [{ command: 'go', for: '3s' }, /there is no undo/],
    [{ command: '' }, /./],
    [{ command: 'go', path: 'Full disk' }, /small letters/],
    [{}, /./],
  ])('refuses %j', (given, message) => {
    const parsed = exec.options.safeParse(given);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.message).toMatch(message);
  });
});
