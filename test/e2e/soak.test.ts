// The short soak of every `npm test`: its process is killed in the middle, and it is taken up again.
import { describe, expect, it } from 'vitest';
import { remuster } from './remuster.js';
import { soakKilledAfter } from './soaking.js';

describe('a soak of three minutes', () => {
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
