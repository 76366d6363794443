import { describe, expect, it } from 'vitest';
import { allGone, describeVictims, victims } from '../../../harness/faults/victims.js';
import type { CensusEvent, CensusProcess } from '../../../harness/record/events.js';

function process(pid: number, role: CensusProcess['role'], zombie = false): CensusProcess {
  return { key: `${pid}.100.aa`, pid, ppid: 1, role, holdsListener: role === 'master', zombie, command: role };
}

const census: CensusEvent = {
  kind: 'census',
  atMs: 0,
  node: 'web-1',
  processes: [
    process(1, 'supervisor'),
    process(20, 'master'),
    process(21, 'worker'),
    process(22, 'worker'),
    process(23, 'worker', true),
  ],
};

describe('victims', () => {
  it('knows master, a worker, all workers and the supervisor; the dead are not hit again', () => {
    const pids = (word: Parameters<typeof victims>[1]) => victims(census, word).map(({ pid }) => pid);
    expect(pids('master')).toEqual([20]);
    expect(pids('worker')).toEqual([21]);
    expect(pids('workers')).toEqual([21, 22]);
    expect(pids('supervisor')).toEqual([1]);
  });

  it('says who is there when nobody is hit', () => {
    const alone = { ...census, processes: [process(1, 'supervisor')] };
    expect(describeVictims('master', victims(alone, 'master'), alone)).toBe('no master is running (seen: supervisor)');
    expect(describeVictims('master', [], undefined)).toContain('nothing');
  });

  it('counts a zombie as gone: it cannot serve', () => {
    expect(allGone(census, ['23.100.aa'])).toBe(true);
    expect(allGone(census, ['20.100.aa'])).toBe(false);
    // The same pid with another start time is another process.
    expect(allGone(census, ['20.999.aa'])).toBe(true);
  });
});
