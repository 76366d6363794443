// The flagship. `npm test` plays the incident itself (production); test:full plays all three environments.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findingNames, play, remuster } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
const SCENARIO = 'scenarios/supervisor-swap.ts';

describe('supervisor-swap', () => {
  it('production falls after a green smoke check, and a stored run is judged the same again', async () => {
    const { exitCode, result, out, stderr } = await play(SCENARIO, '--env', 'production');
    const [production] = result.environments;
    expect(exitCode, stderr).toBe(0);
    expect(production?.verdict).toBe('fail');
    expect(production?.asExpected).toBe(true);
    expect(production?.smokeGreen).toBe(true);
    expect(production && findingNames(production)).toEqual(
      expect.arrayContaining(['every-node-returns', 'no-cascade']),
    );
    expect(production?.cascade.happened).toBe(true);
    expect(production?.cascade.outageMs).toBeGreaterThan(0);
    // Every supervisor still says that all is well.
    expect(Object.values(production?.supervisorsSay ?? {})).toEqual(['up', 'up', 'up', 'up']);
    // The untouched nodes restarted by policy, not by us.
    const untouched = production?.receipts.filter((receipt) => receipt.node !== production.receipts[0]?.node) ?? [];
    expect(untouched.length).toBeGreaterThan(0);
    expect(untouched.every((receipt) => receipt.trigger.kind === 'policy')).toBe(true);

    const verdictFile = join(out, 'latest', 'verdict.json');
    const before = await readFile(verdictFile, 'utf8');
    await rm(verdictFile);
    const again = await remuster(['report', join(out, 'latest')]);
    expect(again.stderr).not.toContain('Error');
    expect(await readFile(verdictFile, 'utf8')).toBe(before);
  });

  it.runIf(FULL)('release and production-fixed pass, and no untouched node restarts in them', async () => {
    const { exitCode, result, stderr } = await play(SCENARIO, '--env', 'release', '--env', 'production-fixed');
    expect(exitCode, stderr).toBe(0);
    for (const environment of result.environments) {
      expect(environment.verdict, environment.summary).toBe('pass');
      expect(environment.receipts.every((receipt) => receipt.trigger.kind === 'fault')).toBe(true);
    }
  });
});
