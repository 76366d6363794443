// Seeded random numbers: a run repeats its choices (not its timing) from the seed alone.
// The generator is mulberry32, a published 32-bit mixer; good enough for choices, not for secrets.

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An independent stream, the same for the same label. */
  fork(label: string): Random;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
    fork(label) {
      let hash = 2_166_136_261 ^ seed;
      for (const char of label) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
      return seededRandom(hash >>> 0);
    },
  };
}
