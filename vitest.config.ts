// The three kinds of tests. Unit tests are fast and need nothing. Contract tests mostly wait for one server each: two files
// at a time. End-to-end tests boot tiers, one file after another: two of them on two cores would disturb each other's times.
import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;

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
          testTimeout: 15 * MINUTE_MS,
          hookTimeout: 15 * MINUTE_MS,
          fileParallelism: false,
          maxConcurrency: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
