import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../harness/core/random.js';
import { chooseByWeight, thinkMs } from '../../../harness/load/habits.js';

describe('habits of users', () => {
  it('mix requests by weight', () => {
    const random = seededRandom(7);
    const counts = [0, 0, 0];
    for (let drawn = 0; drawn < 10_000; drawn += 1) counts[chooseByWeight([8, 0, 2], random.next())]! += 1;
    expect(counts[0]! / 10_000).toBeCloseTo(0.8, 1);
    expect(counts[1]).toBe(0);
    expect(counts[2]! / 10_000).toBeCloseTo(0.2, 1);
  });

  it('find a request for every number drawn', () => {
    expect([0, 0.999_999_999_9, 1].map((drawn) => chooseByWeight([0.1, 0.2, 0.7], drawn))).toEqual([0, 2, 2]);
  });

  it('think within their bounds', () => {
    expect(thinkMs({ kind: 'constant', ms: 300 }, 0.9)).toBe(300);
    expect([0, 0.5].map((drawn) => thinkMs({ kind: 'uniform', minMs: 150, maxMs: 450 }, drawn))).toEqual([150, 300]);
  });

  it('are the same for the same seed and user, and others for another user', () => {
    const draws = (seed: number, user: string): number[] => {
      const random = seededRandom(seed).fork(user);
      return [random.next(), random.next(), random.next()];
    };
    expect(draws(1, 'user-3')).toEqual(draws(1, 'user-3'));
    expect(draws(1, 'user-3')).not.toEqual(draws(1, 'user-4'));
    expect(draws(1, 'user-3')).not.toEqual(draws(2, 'user-3'));
  });
});
