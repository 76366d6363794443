// The three kinds of tests. Unit tests are fast and need nothing. Contract tests mostly wait for one server each, end-to-end tests
// for tiers that are held for some seconds: two files at a time. What a killed run left behind is swept by the next run,
// whoever's it is: tests that look for it are alone.
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const MINUTE_MS = 60_000;

const SEE_WHAT_IS_LEFT = ['test/e2e/held-tier.test.ts', 'test/e2e/leaving.test.ts'];

/** What takes longest begins, so that nobody waits for it at the end. */
const LONGEST = ['soak', 'flagship', 'controls', 'matrix'].map((name) => `/e2e/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((end) => moduleId.endsWith(end));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
          maxConcurrency: 2,
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
