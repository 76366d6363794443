// Every supervisor and server of the issue: SIGKILL of each master, twice, under load. Long: test:full.
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { play, root } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';

describe.runIf(FULL)('kill-each', () => {
  it('holds ten claims for every restart, and its recovery time agrees with the application', async () => {
    const { exitCode, result, stderr, out } = await play('scenarios/kill-each.ts');
    expect(exitCode, stderr).toBe(0);
    for (const environment of result.environments) {
      expect(environment.receipts.length, environment.name).toBeGreaterThan(0);
      const states = environment.receipts.flatMap((receipt) => receipt.claims.map((claim) => claim.state));
      expect(new Set(states), environment.summary).toEqual(new Set(['held']));
    }
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', 'bench/recovery-error.ts', `${out}/latest`], {
      cwd: root,
    });
    expect(Number(/p95 ([\d.]+)/.exec(stdout)?.[1]), stdout).toBeLessThan(50);
  });
});
