// Every command of ours in the README and in docs/ is one that the program takes, with options that it has and files that
// are there; those that need no engine are run, and must end well.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { main, program } from '../../../harness/cli.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** What these do is only read. */
const HARMLESS = new Set(['validate', 'plan', 'list', 'lint', 'schema', 'parity']);

interface Line {
  readonly place: string;
  readonly words: readonly string[];
}

function pages(): readonly string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...inDocs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

/** `$ npx remuster ...` or `remuster ...` at the start of a line of a code block, without what follows a # or a pipe. */
function commandsIn(page: string): readonly Line[] {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```(?:sh|console|bash)\n([^]*?)^```/gm)];
  return blocks.flatMap(([, text = '']) =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .flatMap((line) => {
        const said = /^(?:\$ )?(?:npx (?:--yes )?)?remuster +(.+)$/.exec(line.replace(/ +#.*$| *[>|] .*$/, ''))?.[1];
        return said === undefined ? [] : [{ place: `${page}: ${line.trim()}`, words: split(said) }];
      }),
  );
}

function split(text: string): readonly string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const sink = { write: () => true, isTTY: false, columns: undefined };
const io = { stdout: sink, stderr: sink, env: {}, cwd: root };
const lines = pages().flatMap(commandsIn);

describe('commands in the documentation', () => {
  it('there are some', () => expect(lines.length).toBeGreaterThan(25));

  it.each(lines.map((line) => [line.place, line] as const))('%s', async (_, { words }) => {
    const [name = '', ...rest] = words;
    const command = program({ ...io, exit: () => undefined }).commands.find((each) => each.name() === name);
    expect(command, `"${name}" is no command`).toBeDefined();
    const { operands, unknown } = command!.parseOptions([...rest]);
    if (name !== 'exec') expect(unknown, 'options that it has not').toEqual([]);
    const files = operands.filter((each) => each.startsWith('scenarios/') && !each.includes('mine'));
    for (const file of files) expect(existsSync(join(root, file)), `${file} is not there`).toBe(true);
    const madeBefore = words.some((each) => each.endsWith('.yaml') && !existsSync(join(root, each)));
    if (!HARMLESS.has(name) || madeBefore || (files.length === 0 && !['list', 'schema'].includes(name))) return;
    expect([0, 99]).toContain(await main(words, io));
  });
});

describe('CI jobs in the documentation', () => {
  const [ONCE, NIGHTLY] = [
    ['doctor', 'validate', 'run'],
    ['soak', 'diff', 'history', 'prune'],
  ];
  it.each([
    ['github-actions.yml', ONCE],
    ['gitlab-ci.yml', ONCE],
    ['github-nightly.yml', NIGHTLY],
    ['gitlab-nightly.yml', NIGHTLY],
  ])('%s runs commands that there are', (name, wanted) => {
    const job = parse(readFileSync(join(root, 'docs', 'ci', name), 'utf8')) as Record<string, never>;
    const commands = [...JSON.stringify(job).matchAll(/npx --yes remuster ([^"|]+)/g)].map(([, said = '']) =>
      split(said),
    );
    expect(commands.map(([first]) => first)).toEqual(wanted);
    for (const [first, ...rest] of commands) {
      const command = program({ ...io, exit: () => undefined }).commands.find((each) => each.name() === first);
      expect(command!.parseOptions([...rest]).unknown).toEqual([]);
    }
  });
});
