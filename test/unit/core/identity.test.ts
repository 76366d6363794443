import { describe, expect, it } from 'vitest';
import { generationIsOf, parseKey } from '../../../harness/core/identity.js';

describe('identity', () => {
  it('takes a key apart', () => expect(parseKey('97.8123.k3j2')).toEqual({ pid: 97, start: 8123, exec: 'k3j2' }));

  it('matches an answer with the process that gave it and with its master, and with nobody else', () => {
    const generation = '97.8123.k3j2/45.8100.k3j2';
    expect(generationIsOf(generation, '97.8123.k3j2')).toBe(true);
    expect(generationIsOf(generation, '45.8100.k3j2')).toBe(true);
    // A reused pid, and an in-place restart that keeps pid and start time.
    expect(generationIsOf(generation, '45.9200.k3j2')).toBe(false);
    expect(generationIsOf(generation, '45.8100.zzzz')).toBe(false);
  });
});
