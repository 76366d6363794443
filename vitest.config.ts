// The three kinds of tests. Unit tests are fast and need nothing. Contract tests mostly wait for one server each, end-to-end tests
// for tiers that are held for some seconds: two files at a time. What a killed run left behind is swept by the next run,
// whoever's it is: tests that look for it are alone.
import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

const SEE_WHAT_IS_LEFT = ['test/e2e/held-tier.test.ts', 'test/e2e/leaving.test.ts'];

export default defineConfig({
  test: {
    teardownTimeout: MINUTE_MS,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: MINUTE_MS / 2 } },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 2 * MINUTE_MS,
          hookTimeout: 10 * MINUTE_MS,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: SEE_WHAT_IS_LEFT,
          testTimeout: 15 * MINUTE_MS,
          hookTimeout: 15 * MINUTE_MS,
          maxWorkers: 2,
          maxConcurrency: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e-alone',
          include: SEE_WHAT_IS_LEFT,
          testTimeout: 15 * MINUTE_MS,
          hookTimeout: 15 * MINUTE_MS,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
