// What `npm test` runs: lint and types, then the tests, one kind after another; all of them, also after a failure.
import { join } from 'node:path';
import { openly } from './command.mjs';
import { ROOT } from './places.mjs';
import { say, step } from './say.mjs';

const VITEST = join('node_modules', 'vitest', 'vitest.mjs');
const TSC = join('node_modules', 'typescript', 'bin', 'tsc');
const ESLINT = join('node_modules', 'eslint', 'bin', 'eslint.js');
const PRETTIER = join('node_modules', 'prettier', 'bin', 'prettier.cjs');

/** Each row is done at once; what measures times is alone in its row. */
const STEPS = [
  [
    ['types', [TSC, '-p', 'tsconfig.json', '--noEmit']],
    ['lint', [ESLINT, '.']],
    ['format', [PRETTIER, '--check', '--log-level', 'warn', '.']],
  ],
  [['unit tests', [VITEST, 'run', '--project', 'unit']]],
  [['contract tests', [VITEST, 'run', '--project', 'contract']]],
  [['end-to-end tests', [VITEST, 'run', '--project', 'e2e', '--project', 'e2e-alone']]],
];

/** Resolves with the exit code. `size` is 'quick' or 'full'; the tests read it from REMUSTER_TEST. */
export async function runTests(size) {
  const env = { ...process.env, REMUSTER_TEST: size };
  const failed = [];
  for (const row of STEPS) {
    const ended = await Promise.all(
      row.map(async ([what, args]) => {
        const { code } = await step(what, () => openly(process.execPath, args, { cwd: ROOT, env }));
        if (code !== 0) failed.push(what);
        return code;
      }),
    );
    const stopped = ended.find((code) => code === 130 || code === 143);
    if (stopped !== undefined) return stopped;
  }
  if (failed.length === 0) say('all passed');
  else say(`FAILED: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}
