// Negative controls: tiers rigged so that one thing is wrong must end with the exit code and the finding of that thing.
// Their twins differ in one line and pass (test:full plays those).
import { describe, expect, it } from 'vitest';
import { claimStates, play } from './remuster.js';

interface Control {
  readonly name: string;
  readonly exitCode: number;
  /** The check that must have a finding. */
  readonly check?: string;
  /** Claims that must be broken in a receipt. */
  readonly broken?: readonly string[];
}

const CONTROLS: readonly Control[] = [
  { name: 'never-returns', exitCode: 99, check: 'every-node-returns', broken: ['new-there', 'answers'] },
  { name: 'supervisor-gives-up', exitCode: 99, check: 'every-node-returns', broken: ['supervised'] },
  { name: 'orphan-serves', exitCode: 99, check: 'muster' },
  { name: 'second-copy', exitCode: 99, check: 'every-node-returns', broken: ['settled'] },
  { name: 'drifted-restart', exitCode: 99, check: 'every-node-returns', broken: ['same-service'] },
  { name: 'loses-writes', exitCode: 99, check: 'acknowledged-writes-kept' },
  { name: 'fault-misses', exitCode: 100, check: 'faults-landed' },
  { name: 'generator-late', exitCode: 100, check: 'load-was-real' },
  { name: 'never-boots', exitCode: 101 },
  { name: 'sick-before-fault', exitCode: 106, check: 'steady-state' },
];

const FULL = process.env['REMUSTER_TEST'] === 'full';

// Several at a time (maxConcurrency): they mostly wait.
describe.concurrent.each(CONTROLS)('control $name', ({ name, exitCode, check, broken }) => {
  it(`ends with ${exitCode}`, async () => {
    const { exitCode: actual, result, stderr } = await play(`scenarios/controls/${name}.ts`);
    const [environment] = result.environments;
    expect(actual, stderr).toBe(exitCode);
    expect(result.exitCode).toBe(exitCode);
    expect(result.leftBehind).toEqual([]);
    if (check) expect(environment?.findings.map((finding) => finding.check)).toContain(check);
    for (const claim of broken ?? []) expect(environment && claimStates(environment, claim), claim).toContain('broken');
  });

  it.runIf(FULL)('passes as its twin', async () => {
    const { exitCode: actual, result, stderr } = await play(`scenarios/controls/${name}-twin.ts`);
    expect(actual, `${stderr}\n${JSON.stringify(result.environments[0]?.findings, null, 2)}`).toBe(0);
  });
});
