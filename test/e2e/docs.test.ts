// The documentation as a stranger follows it: each page in an empty folder with the packed package, its files as it shows
// them, its commands as it gives them, one after another. What takes hours is shortened, and what needs something that only
// the reader has (a release, an access log, an image) finds it there. Long: only in the full suite.
import { chmod, mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import { installPackage } from './installed.js';
import { stepsOf } from './page.js';
import { root } from './remuster.js';

const FULL = process.env['REMUSTER_TEST'] === 'full';
/** Made for the time of the test where the engine has none of that name. */
const IMAGES = ['debian:bookworm-slim', 'shop:candidate'];

interface Way {
  /** Commands that a reader has given before. */
  readonly before?: readonly string[];
  /** The same thing, shorter or with what is there. The first that fits is taken. */
  readonly instead?: ReadonlyArray<readonly [from: RegExp | string, to: string]>;
  readonly after?: readonly string[];
}

const RELEASES = ['2.4.0', '2.5.0'].map((release) => `remuster run scenarios/kill-one.ts --release ${release}`);
const SHORT_SOAK = 'remuster soak scenarios/soak.ts --env systemd-puma --rounds 2';

const WAYS: Readonly<Record<string, Way>> = {
  'README.md': {
    instead: [['--supervisor systemd --server unicorn', '--supervisor systemd --server unicorn --path kill-master']],
    after: ['remuster down'],
  },
  'docs/history.md': {
    before: RELEASES,
    instead: [
      // One restart a run is not enough data to tell them apart, and that is what it must say.
      [/diff 2026\S+ 2026\S+/, 'diff 2.4.0 latest; test $? = 100'],
      [/--baseline last-pass/, '--baseline last-pass; test $? = 100'],
      [/diff 2.4.0 2.5.0/, 'diff 2.4.0 2.5.0; test $? = 100'],
    ],
  },
  'docs/read-the-report.md': { before: ['remuster run scenarios/kill-one.ts'] },
  'docs/replay-an-incident.md': {
    // A reader looks at the status for a while: whether a node has its share again can only be told where it had one before.
    instead: [[/^npx remuster inject/, 'sleep 10; npx remuster inject']],
  },
  'docs/replay-a-log.md': { before: ['node make-log.mjs > access.log'] },
  'docs/soak.md': {
    instead: [
      [
        /.*--for 4h/,
        `timeout --preserve-status -s INT 75 ${SHORT_SOAK.replace('--rounds 2', '--for 2m')}; test $? = 130`,
      ],
      // The one that was stopped, which is the first here.
      [/.*--resume latest/, 'remuster soak --resume "$(ls results | grep -- -soak- | sort | head -1)"'],
      [/.*--until 06:00/, 'remuster soak scenarios/soak.ts --until 06:00 --rounds 1; test $? = 2'],
      [/.*--rounds 100.*/, SHORT_SOAK],
      [/.*--rounds 20/, 'remuster soak scenarios/soak-leaks.ts --rounds 2 --env healthy'],
    ],
  },
  'docs/tier-in-the-hand.md': { instead: [[/results\/2026\S+/, '"results/$(ls results | grep kill-one)"']] },
};
/** Tried elsewhere: how it was made, for those who work on remuster itself. */
const NOT_FOLLOWED = ['docs/honest-load.md', 'docs/whats-here.md'];

let installed = '';
const made: string[] = [];

const docker = async (...argv: readonly string[]): Promise<number> =>
  (await execa('docker', argv, { reject: false, stdin: 'ignore' })).exitCode ?? -1;

async function makeImages(): Promise<void> {
  const missing: string[] = [];
  for (const image of IMAGES) if ((await docker('image', 'inspect', image)) !== 0) missing.push(image);
  const runtime = await connectDocker();
  const silent = (): undefined => undefined;
  if (missing.includes('debian:bookworm-slim'))
    await docker('tag', await runtime.ensureImage('base', silent), 'debian:bookworm-slim');
  if (missing.includes('shop:candidate')) {
    const folder = join(root, 'test', 'e2e', 'fixtures', 'docs');
    const base = await runtime.ensureImage('node-python+systemd', silent);
    expect(await docker('build', '-q', '--build-arg', `BASE=${base}`, '-t', 'shop:candidate', folder)).toBe(0);
  }
  made.push(...missing);
}

beforeAll(async () => {
  if (!FULL) return;
  [installed] = await Promise.all([installPackage(), makeImages()]);
});
afterAll(async () => {
  for (const image of made) await docker('rmi', image);
});

/** An empty folder in which `npx remuster` and `remuster` are the packed package. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'remuster-page-'));
  await symlink(join(installed, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(
    join(folder, 'make-log.mjs'),
    `for (let second = 0; second < 3600; second += 1) {
  const at = '23/Nov/2026:' + new Date(Date.UTC(2026, 0, 1, 11, 45, second)).toISOString().slice(11, 19) + ' +0000';
  for (let n = 0; n < 40; n += 1) console.log('10.0.0.' + n + ' - - [' + at + '] "GET /search?q=' + n + ' HTTP/1.1" 200 512 "-" "-"');
}
`,
  );
  return folder;
}

async function follow(page: string): Promise<void> {
  const folder = await emptyFolder();
  const { before = [], instead = [], after = [] } = WAYS[page] ?? {};
  const path = `${join(folder, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  const env = { CI: 'true', PATH: path, XDG_STATE_HOME: join(folder, 'state'), GITHUB_STEP_SUMMARY: '' };
  const run = async (line: string, exitCode: number): Promise<void> => {
    const ended = await execa('sh', ['-c', line], { cwd: folder, env, reject: false, stdin: 'ignore', all: true });
    expect(ended.exitCode, `${page}: ${line}\n${ended.all.slice(-4_000)}`).toBe(exitCode);
  };
  try {
    for (const line of before) await run(line, 0);
    for (const step of stepsOf(page)) {
      if (step.kind === 'command') {
        const [from, to] = instead.find(([each]) => step.line.search(each) >= 0) ?? ['', ''];
        await run(step.line.replace(from, to), step.exitCode);
        continue;
      }
      await mkdir(join(folder, dirname(step.name)), { recursive: true });
      await writeFile(join(folder, step.name), step.text);
      if (step.text.startsWith('#!')) await chmod(join(folder, step.name), 0o755);
    }
    for (const line of after) await run(line, 0);
  } finally {
    // A page that was not followed to its end may leave a tier in the hand.
    await execa('remuster', ['down'], { cwd: folder, env, reject: false, stdin: 'ignore' });
  }
  expect(await readdir(folder)).toContain('node_modules');
}

function pages(): readonly string[] {
  const names = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...names.map((name) => `docs/${name}`)].filter(
    (page) => !NOT_FOLLOWED.includes(page) && stepsOf(page).some(({ kind }) => kind === 'command'),
  );
}

describe.concurrent('a page of the documentation, followed from an empty folder', () => {
  it.runIf(FULL).each(pages())('%s', follow);
});
