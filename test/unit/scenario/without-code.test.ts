// Scenarios in YAML and JSON: the same plan as in TypeScript, variables of the environment, files that extend others, and
// every mistake told with its place and the way out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { EXIT, HarnessError } from '../../../harness/core/errors.js';
import { planHash } from '../../../harness/plan/hash.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { fakeMaps, written } from './fakes.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-without-code-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Env = Readonly<Record<string, string>>;

function file(name: string, text: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

async function planOf(name: string, env: Env = {}): Promise<Plan> {
  const [planned] = await loadExplained(name, {}, { env, cwd: folder }, fakeMaps);
  return planned!.plan;
}

async function complaint(name: string, env: Env = {}): Promise<readonly string[]> {
  const error: unknown = await planOf(name, env).catch((thrown: unknown) => thrown);
  if (!(error instanceof HarnessError)) throw new Error(`nobody complained: ${String(error)}`);
  expect(error.exitCode).toBe(EXIT.invalid);
  return error.message.split('\n');
}

const GOOD = `name: mine
nodes: 2
environments:
  production:
    supervisor: bluepill
    server: unicorn
load:
  stages:
    - users: 5
rounds:
  - fault: kill
    target: each
`;

test('TypeScript, YAML and JSON: the same plan, with the line for the editor too', async () => {
  const json = JSON.stringify({ $schema: './node_modules/remuster/schema/scenario.schema.json', ...written() });
  const yaml = `$schema: ./schema.json\nname: small\nnodes: 4\nenvironments: { only: { supervisor: systemd, server: unicorn } }
load: { stages: [{ users: 20, for: 5s }, { users: 60 }] }\nrounds: [{ fault: kill, target: each }]\n`;
  const typescript = `import { defineScenario } from 'remuster';\nexport default defineScenario(${JSON.stringify(written())} as const);\n`;
  const plans = await Promise.all(
    [file('same.json', json), file('same.yaml', yaml), file('same.ts', typescript)].map((name) => planOf(name)),
  );
  expect(new Set(plans.map(planHash)).size).toBe(1);
});

describe('variables', () => {
  const text = GOOD.replace('users: 5', 'users: ${USERS:-5}')
    .replace('server: unicorn', 'server: { kind: \'${SERVER:-unicorn}\', workers: "${WORKERS:-3}" }')
    .concat("env: { PORT: '${PORT:-80}', SHELL_WORDS: 'echo $${HOME} $HOME', AT: '${AT:-a}:${PORT:-80}' }\n");

  test('defaults count where nothing is set; numbers where numbers are wanted, texts where texts are', async () => {
    const { load, environment } = await planOf(file('variables.yaml', text));
    expect(load.stages[0]?.level).toBe(5);
    expect(environment.node.server).toMatchObject({ kind: 'unicorn', options: { workers: 3 } });
    expect(environment.node.env).toMatchObject({ PORT: '80', SHELL_WORDS: 'echo ${HOME} $HOME', AT: 'a:80' });
  });

  test('what is set counts, in JSON too; an empty one as not set where there is a default', async () => {
    const json = JSON.stringify({ ...written(), nodes: '${NODES}', env: { PORT: '${PORT:-80}', NONE: '${EMPTY:-7}' } });
    const plan = await planOf(file('variables.json', json), { NODES: '3', PORT: '8080', EMPTY: '' });
    expect(plan.nodes).toHaveLength(3);
    expect(plan.environment.node.env).toMatchObject({ PORT: '8080', NONE: '7' });
  });

  test('a value is a text, whatever is in it', async () => {
    const plan = await planOf(file('text.yaml', `${GOOD}env: { TOKEN: '\${TOKEN}' }\n`), { TOKEN: 'a\nnodes: 7' });
    expect(plan.nodes).toHaveLength(2);
    expect(plan.environment.node.env).toMatchObject({ TOKEN: 'a\nnodes: 7' });
  });

  test('one that is not set and has no default: where, and what to do', async () => {
    file('unset.yaml', GOOD.replace('users: 5', 'users: ${USERS}').replace('bluepill', 'the-${SUPERVISER}'));
    expect(await complaint('unset.yaml', { SUPERVISOR: 'x' })).toEqual([
      'unset.yaml:5:21  the variable SUPERVISER is not set; set it, or give a default: ${SUPERVISER:-...}     did you mean SUPERVISOR?',
      'unset.yaml:9:14  the variable USERS is not set; set it, or give a default: ${USERS:-...}',
    ]);
  });

  test('a number that is out of range is told as a number', async () => {
    file('range.yaml', GOOD.replace('users: 5', 'users: ${USERS}'));
    expect(await complaint('range.yaml', { USERS: '-1' })).toEqual([
      'range.yaml:9:7  load.stages[0].users: -1 is out of range; at least 0',
    ]);
  });

  test.each(['${1X}', '${A-b}', '${A:-${B}}', '${'])('%s is no reference', async (found) => {
    file('odd.yaml', `${GOOD}env:\n  A: '${found}'\n`);
    expect((await complaint('odd.yaml'))[0]).toBe(
      `odd.yaml:14:7  ${JSON.stringify(found)} has no variable there; write \${NAME}, \${NAME:-default}, or $\${ for the characters themselves`,
    );
  });
});

describe('extends', () => {
  const base = `name: base\nnodes: 4\nload: { think: 300ms, stages: [{ users: 20, for: 5s }, { users: 60 }] }
environments:
  only: { supervisor: { kind: bluepill, memoryLimit: 213MiB }, server: { kind: unicorn, workers: 2 } }
rounds: [{ fault: kill, target: each }, { fault: kill, target: all }]\n`;

  test('groups are merged, lists replaced, another kind replaces the choice; along a chain and through folders', async () => {
    file('shared/base.yaml', base);
    file('shared/middle.json', JSON.stringify({ extends: './base.yaml', nodes: 2, load: { think: '1s' } }));
    const top = `extends: shared/middle.json\nname: top\nrounds: [{ fault: kill, target: one }]
environments: { only: { server: { workers: 8 } } }\n`;
    const plan = await planOf(file('top.yaml', top));
    expect(plan).toMatchObject({ scenario: 'top', load: { think: { kind: 'constant', ms: 1000 } } });
    expect([plan.nodes.length, plan.load.stages.length, plan.rounds.length]).toEqual([2, 2, 1]);
    expect(plan.environment.node).toMatchObject({
      supervisor: { kind: 'bluepill', options: { memoryLimit: 213 * 1024 ** 2 } },
      server: { kind: 'unicorn', options: { workers: 8 } },
    });
    const swapped = await planOf(
      file('swapped.yaml', 'extends: ./top.yaml\nenvironments: { only: { supervisor: { kind: systemd } } }\n'),
    );
    expect(swapped.environment.node.supervisor.kind).toBe('systemd');
  });

  test('the same plan as written in one piece', async () => {
    const flat = await planOf(file('flat.yaml', base.replace('300ms', '1s').replace('nodes: 4', 'nodes: 2')));
    expect(planHash(await planOf(file('half.yaml', 'extends: shared/middle.json\n')))).toBe(planHash(flat));
  });

  test('each mistake is told in the file in which it stands', async () => {
    file('shared/bad.yaml', base.replace('target: all', 'target: some').replace('nodes: 4', 'nodes: 0'));
    file('uses-bad.yaml', 'name: mine\nextends: ./shared/bad.yaml\nnodez: 3\nload: { think: soon }\n');
    expect(await complaint('uses-bad.yaml')).toEqual([
      'uses-bad.yaml:3:1  nodez: "nodez" is not a key here',
      expect.stringMatching(/ {2}known: .*extends.* {5}did you mean nodes\?/),
      expect.stringMatching(/^uses-bad\.yaml:4:9 {2}load\.think: "soon" is not a think time/),
      'shared/bad.yaml:2:1  nodes: 0 is out of range; at least 1',
      'shared/bad.yaml:6:56  rounds[1].target: "some" is not one of the allowed values',
      '  known: all, all-but-one, each, half, one',
    ]);
  });

  test("a list that replaces another one is this file's, also in what it lacks", async () => {
    file('own-list.yaml', 'extends: ./shared/base.yaml\nrounds:\n  - target: each\n');
    expect((await complaint('own-list.yaml'))[0]).toMatch(/^own-list\.yaml:3:5 {2}rounds\[0\]\.fault/);
  });

  test('a circle, a file that is not there, and no file name', async () => {
    file('a.yaml', 'extends: ./b.yaml\n');
    file('b.yaml', 'name: b\nextends: ./a.yaml\n');
    expect(await complaint('a.yaml')).toEqual([
      'b.yaml:2:1  extends: goes in a circle: a.yaml extends b.yaml extends a.yaml',
    ]);
    file('lost.yaml', 'name: lost\nextends: shared/bsae.yaml\n');
    expect(await complaint('lost.yaml')).toEqual([
      'lost.yaml:2:1  extends: shared/bsae.yaml  there is no such file',
      expect.stringMatching(/did you mean base\.yaml\?$/),
    ]);
    file('odd.yaml', 'extends: [a.yaml]\n');
    expect(await complaint('odd.yaml')).toEqual([
      'odd.yaml:1:1  extends: ["a.yaml"] is not the path of a scenario file',
    ]);
  });
});

type Broken = readonly [what: string, from: string, to: string, ...lines: readonly (string | RegExp)[]];
const BROKEN: readonly Broken[] = [
  [
    'a key one letter off',
    'nodes: 2',
    'nodse: 2',
    /^x:1:1 {2}nodes: is missing/,
    'x:2:1  nodse: "nodse" is not a key here',
    /did you mean nodes\?/,
  ],
  [
    'a supervisor one letter off',
    'bluepill',
    'bluepil',
    'x:5:5  environments.production.supervisor: "bluepil" is not a supervisor',
    /did you mean bluepill\?/,
  ],
  [
    'an option that another one has',
    'bluepill',
    '{ kind: bluepill, memLimit: 1GiB }',
    'x:5:35  environments.production.supervisor.memLimit: "memLimit" is not an option of bluepill',
    /did you mean memoryLimit\?/,
  ],
  ['a text for a number', 'users: 5', 'users: many', 'x:9:7  load.stages[0].users: "many" is not a number'],
  [
    'a number without its unit',
    'users: 5',
    'users: 5\n      for: 10',
    /^x:10:7 {2}load\.stages\[0\]\.for: 10 is not a duration above 0; write it like '500ms', '10s' or '2m'$/,
  ],
  [
    'a target that nobody knows',
    'target: each',
    'target: eech',
    'x:12:5  rounds[0].target: "eech" is not one of the allowed values',
    /did you mean each\?/,
  ],
  [
    'a node that is not there',
    'target: each',
    'target: [web-1, web-9]',
    'x:12:21  rounds[0].target[1]: "web-9" is not a node',
    /known: web-1, web-2/,
  ],
  [
    'an environment that is like none',
    'server: unicorn',
    'like: produktion',
    'x:6:5  environments.production.like: "produktion" is not another environment of this scenario',
  ],
  ['a tab', '  production:', '\tproduction:', 'x:4:1  a tab is used for indentation; YAML allows only spaces there'],
  [
    'a key that is given twice',
    'nodes: 2',
    'nodes: 2\nnodes: 3',
    'x:3:1  "nodes" is given twice, in line 2 too; keep one of them',
  ],
  [
    'braces without quotes',
    'server: unicorn',
    'server: { kind: ${SERVER} }',
    /^x:6:\d+ {2}not valid YAML: .*; within \{ \} or \[ \], put quotes around "\$\{\.\.\.\}"$/,
  ],
  [
    'a verdict that there is not',
    'rounds:',
    'expect: { production: passed }\nrounds:',
    'x:10:11  expect.production.verdict: "passed" is not one of the allowed values',
    /did you mean pass\?/,
  ],
];

test.each(BROKEN.map((broken) => ({ what: broken[0], broken })))('broken: $what', async ({ broken }) => {
  const [, from, to, ...lines] = broken;
  const name = file(
    'broken.yaml',
    GOOD.replace(from, () => to),
  );
  const said = (await complaint(name)).map((line) => line.replaceAll('broken.yaml', 'x'));
  expect(said).toEqual(lines.map((line): unknown => (typeof line === 'string' ? line : expect.stringMatching(line))));
});
