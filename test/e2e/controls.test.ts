// Negative controls: tiers rigged so that one thing is wrong must end with the exit code and the finding of that thing.
// Their twins differ in one line and pass (test:full plays those).
import { describe, expect, it } from 'vitest';
import { claimStates, play, remuster } from './remuster.js';
import { soakKilledAfter } from './soaking.js';

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

// Several at a time (maxConcurrency): they mostly wait. The soak, which takes as long as five of them, begins.
describe.concurrent('a soak of three minutes', () => {
  it('goes on after kill -9 with the rounds that it would have had, and counts none twice', async () => {
    const { out, runId, resumed, result, rounds } = await soakKilledAfter(4);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const [before = [], after = []] = rounds;
    expect(before.length).toBeGreaterThanOrEqual(4);
    expect(after.length).toBeGreaterThanOrEqual(3);
    expect([...before, ...after]).toEqual(Array.from({ length: before.length + after.length }, (_, nth) => nth + 1));
    const [soak] = result.soak?.environments ?? [];
    expect(soak).toMatchObject({ rounds: before.length + after.length, gaps: [{ afterRound: before.length }] });
    expect(soak?.restarts).toBe(soak?.proved);
    expect(soak?.restarts).toBe(before.length + after.length);
    expect(result.environments.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['only', 'pass'],
      ['only.2', 'pass'],
    ]);
    expect(result.leftBehind).toEqual([]);
    const { stdout } = await remuster(['report', runId, '--out', out]);
    expect(stdout).toMatch(/gap\s+only: it broke off after round/);
    const again = await remuster(['soak', '--resume', runId, '--out', out]);
    expect([again.exitCode, again.stderr]).toEqual([104, expect.stringContaining('is finished')]);
  });
});

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
