// `npm start`, `npm test`: from a fresh clone to a running program, without a dependency. Node, packages, build, engine;
// then the flagship or the tests.
import './check-node.mjs';

const { Stop } = await import('./say.mjs');
const { ensurePackages } = await import('./install.mjs');
const { ensureBuild } = await import('./build.mjs');
const { ensureBaseImageCanBeMade, ensureEngine } = await import('./engine.mjs');

const FLAGSHIP = 'scenarios/supervisor-swap.ts';

async function prepare() {
  await ensurePackages();
  await ensureBuild();
  await ensureEngine();
  await ensureBaseImageCanBeMade();
}

async function start(args) {
  await prepare();
  // In this process: signals then reach the program itself, and its exit code is ours.
  process.argv = [process.argv[0], process.argv[1], 'run', FLAGSHIP, ...args];
  await import('../bin/remuster.mjs');
}

async function test(size) {
  await prepare();
  const { runTests } = await import('./tests.mjs');
  process.exitCode = await runTests(size);
}

const [what, ...args] = process.argv.slice(2);
const TASKS = { start: () => start(args), test: () => test('quick'), 'test-full': () => test('full'), prepare };

try {
  if (!Object.hasOwn(TASKS, what ?? '')) throw new Stop(2, `bootstrap knows ${Object.keys(TASKS).join(', ')}`);
  await TASKS[what]();
} catch (error) {
  // Ours and the program's own errors carry an exit code and a way out; anything else is a defect and shows its stack.
  const known = error.exitCode !== undefined;
  process.stderr.write(`remuster: ${known ? error.message : error.stack}\n`);
  if (error.hint) process.stderr.write(`  ${error.hint}\n`);
  process.exitCode = error.exitCode ?? 1;
}
