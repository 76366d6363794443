// What an author sees who made a mistake: every line of the message, exactly, for each format of file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EXIT, HarnessError } from '../../../harness/core/errors.js';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { fakeMaps } from './fakes.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

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

/** The message for a file of this name and text. */
async function complaint(name: string, text: string | undefined): Promise<readonly string[]> {
  if (text !== undefined) writeFileSync(join(folder, name), text);
  try {
    await loadExplained(name, {}, { env: {}, cwd: folder }, fakeMaps);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    expect(error.exitCode).toBe(EXIT.invalid);
    return error.message.split('\n');
  }
  throw new Error('nobody complained');
}

test('the good file is good, so that each complaint below is about its own change', async () => {
  writeFileSync(join(folder, 'good.yaml'), GOOD);
  await expect(loadExplained('good.yaml', {}, { env: {}, cwd: folder }, fakeMaps)).resolves.toHaveLength(1);
});

test('an unknown supervisor: known ones and the nearest', async () => {
  expect(await complaint('mine.yaml', GOOD.replace('bluepill', 'bluepil'))).toEqual([
    'mine.yaml:5:5  environments.production.supervisor: "bluepil" is not a supervisor',
    '  known: bluepill, systemd     did you mean bluepill?',
  ]);
});

test('an unknown key', async () => {
  expect(await complaint('mine.yaml', GOOD.replace('server:', 'servr: unicorn\n    server:'))).toEqual([
    'mine.yaml:6:5  environments.production.servr: "servr" is not a key of environments.production',
    '  known: app, balancer, deployedOver, env, like, limits, node, openFiles, server, supervisor, user     did you mean server?',
  ]);
});

test.each<[string, string, string]>([
  ['a rate of 0', '- rate: 0', 'mine.yaml:9:7  load.stages[0].rate: 0 is out of range; more than 0'],
  [
    'a stage of no length',
    '- { users: 5, for: 0s }',
    `mine.yaml:9:19  load.stages[0].for: "0s" is not a duration above 0; write it like '500ms', '10s' or '2m'`,
  ],
  [
    'users who think longer than the run',
    '- users: 5\n  think: 3h',
    'mine.yaml:10:3  load.think: is longer than the run may take (maxTime, 15 min 0 s)',
  ],
  [
    'an answer of which nothing is said',
    '- users: 5\n  requests: [{ path: /, answer: {} }]',
    'mine.yaml:10:25  load.requests[0].answer: says nothing about a right answer',
  ],
  [
    'a status that there is not',
    '- users: 5\n  requests: [{ path: /, answer: { status: 99 } }]',
    'mine.yaml:10:35  load.requests[0].answer.status: 99 is out of range; at least 200',
  ],
  [
    'a way into the body with a step missing',
    '- users: 5\n  requests: [{ path: /, answer: { json: { cart..id: 1 } } }]',
    'mine.yaml:10:35  load.requests[0].answer.json: names keys from the root of the body, joined by dots: "cart.items.0.id"',
  ],
])('a load with %s', async (_what, stages, line) => {
  expect(await complaint('mine.yaml', GOOD.replace('- users: 5', stages))).toEqual([line]);
});

test('an unknown option of a plug-in', async () => {
  const text = GOOD.replace('supervisor: bluepill', 'supervisor: { kind: bluepill, memLimit: 213MiB }');
  expect(await complaint('mine.yaml', text)).toEqual([
    'mine.yaml:5:35  environments.production.supervisor.memLimit: "memLimit" is not an option of bluepill',
    '  known: memoryLimit     did you mean memoryLimit?',
  ]);
});

test('a limit of a request that the load does not have: its line, and the nearest name', async () => {
  const load = GOOD.replace('load:', "load:\n  requests: [/, '/search?q=shoes']");
  const limits = `${load}limits:\n  requests:\n    GET /serch?q=shoes: { p99: { after: 250ms } }\n`;
  expect(await complaint('mine.yaml', limits)).toEqual([
    'mine.yaml:16:5  limits.requests.GET /serch?q=shoes: "GET /serch?q=shoes" is not the name of a request of this load',
    '  known: GET /, GET /search?q=shoes     did you mean GET /search?q=shoes?',
  ]);
});

test('limits that nobody could judge: throughput in the baseline, masked errors of one request', async () => {
  expect(await complaint('mine.yaml', `${GOOD}limits: { throughput: { baseline: 90% } }\n`)).toEqual([
    'mine.yaml:13:25  limits.throughput.baseline: "baseline" is not a key of limits.throughput',
    '  known: after, fault, recovery',
  ]);
  expect(await complaint('mine.yaml', `${GOOD}limits: { requests: { GET /: { masked: { after: 1% } } } }\n`)).toEqual([
    'mine.yaml:13:32  limits.requests.GET /.masked: "masked" is not a key of limits.requests.GET /',
    '  known: failedShare, p50, p95, p99, throughput',
  ]);
});

test('fewer users than none', async () => {
  expect(await complaint('mine.yaml', GOOD.replace('users: 5', 'users: -1'))).toEqual([
    'mine.yaml:9:7  load.stages[0].users: -1 is out of range; at least 0',
  ]);
});

test('an empty list of targets, and a node that is not there', async () => {
  expect(await complaint('mine.yaml', GOOD.replace('target: each', 'target: []'))).toEqual([
    'mine.yaml:12:5  rounds[0].target: is an empty list; name at least one node',
  ]);
  expect(await complaint('mine.yaml', GOOD.replace('target: each', 'target: [web-3]'))).toEqual([
    'mine.yaml:12:14  rounds[0].target[0]: "web-3" is not a node',
    '  known: web-1, web-2     did you mean web-1?',
  ]);
});

test('a missing file: what lies beside it', async () => {
  expect(await complaint('god.yaml', undefined)).toEqual([
    'god.yaml  there is no such file',
    expect.stringMatching(/^ {2}in that folder: good\.yaml, .* {5}did you mean good\.yaml\?$/),
  ]);
});

test('YAML indented with a tab', async () => {
  expect(await complaint('tab.yaml', GOOD.replace('  production:', '\tproduction:'))).toContain(
    'tab.yaml:4:1  a tab is used for indentation; YAML allows only spaces there',
  );
});

test('a key given twice', async () => {
  expect(await complaint('twice.yaml', `${GOOD}nodes: 3\n`)).toEqual([
    'twice.yaml:13:1  "nodes" is given twice, in line 2 too; keep one of them',
  ]);
});

test('JSON that ends too early', async () => {
  expect(await complaint('cut.json', '{\n  "name": "mine",\n}\n')).toEqual([
    expect.stringMatching(/^cut\.json:3:1 {2}not valid JSON: /),
  ]);
});

test('a scenario that throws: its own words and its own line', async () => {
  const text = `import { defineScenario } from 'remuster';\n\nconst users: number = 5;\nif (users > 3) {\n  throw new RangeError('too many users for this laptop');\n}\nexport default defineScenario({} as never);\n`;
  expect(await complaint('throws.ts', text)).toEqual([
    expect.stringMatching(/^throws\.ts:5:\d+ {2}the scenario throws: RangeError: too many users for this laptop$/),
  ]);
});

test('TypeScript that does not compile', async () => {
  expect(await complaint('broken.ts', `export default {\n  name: 'x'\n  nodes: 2,\n};\n`)).toEqual([
    'broken.ts:3:3  does not compile: Expected "}" but found "nodes"',
  ]);
});

test('an import that does not exist', async () => {
  expect(await complaint('lost.ts', `\nimport { x } from './nowhere.js';\nexport default { name: x };\n`)).toEqual([
    expect.stringMatching(/^lost\.ts:2:\d+ {2}imports .*nowhere\.js, which cannot be found$/),
  ]);
});

test('no scenario at all', async () => {
  expect(await complaint('empty.yaml', '')).toEqual([
    'empty.yaml:1:1  a scenario is a group of keys (name, nodes, environments, load, rounds)',
  ]);
});

test('all mistakes at once, in the order of the file, in TypeScript', async () => {
  const text = `import { defineScenario } from 'remuster';

const puma = { supervisor: 'systemd', server: 'puma' };

export default defineScenario({
  name: 'Mine',
  nodes: 2, // two { are enough
  environments: {
    release: puma,
    'production-fixed': { like: 'prodution', server: { kind: 'unicorn', workers: 0 } },
    production: { supervisor: { kind: \`bluepil\` }, server: 'unicorn' },
  },
  load: { stages: [{ users: 5, for: '5 seconds' }, { users: 0 }], requests: [{ path: '/', weight: 0 }] },
  rounds: [{ fault: { kind: 'kill', process: 'supervisor' }, target: 'each' }],
  limits: { failedShare: { fault: '5' } },
  expect: { relase: 'pass', production: { verdict: 'fail', findings: ['no-cascades'] } },
});
`;
  const lines = await complaint('many.ts', text);
  expect(lines).toEqual([
    'many.ts:6:3  name: "Mine" is not a name: small letters, digits and "-", at most 40',
    'many.ts:9:5  environments.release.server: "puma" is not a web server',
    '  known: unicorn',
    `many.ts:10:27  environments.production-fixed.like: "prodution" is not another environment of this scenario`,
    '  known: production, release     did you mean production?',
    'many.ts:11:33  environments.production.supervisor: "bluepil" is not a supervisor',
    '  known: bluepill, systemd     did you mean bluepill?',
    `many.ts:13:32  load.stages[0].for: "5 seconds" is not a duration above 0; write it like '500ms', '10s' or '2m'`,
    'many.ts:13:91  load.requests[0].weight: 0 is out of range; more than 0',
    'many.ts:14:37  rounds[0].fault.process: in environment release the supervisor (systemd) is PID 1 of the node; killing it ends the node',
    `many.ts:15:28  limits.failedShare.fault: "5" is not a share; write it like '5%' (0% to 100%)`,
    'many.ts:16:13  expect.relase: "relase" is not an environment of this scenario',
    '  known: production, production-fixed, release     did you mean release?',
    'many.ts:16:71  expect.production.findings[0]: "no-cascades" is not a check',
    '  known: every-node-returns, muster, no-cascade     did you mean no-cascade?',
  ]);
});

test('a policy that the supervisor does not have', async () => {
  expect(await complaint('policy.yaml', GOOD.replace('fault: kill', 'fault: policy-restart'))).toEqual([
    'policy.yaml:11:5  rounds[0].fault: environment production: no memory policy here; give the fault an otherwise',
  ]);
});

test('a wrong key does not hide what else is wrong beside it', async () => {
  const text = GOOD.replace('supervisor: bluepill', 'supervisr: x\n    supervisor: bluepil').replace(
    'users: 5',
    'users: -1',
  );
  expect((await complaint('beside.yaml', text)).filter((line) => !line.startsWith('  '))).toEqual([
    'beside.yaml:5:5  environments.production.supervisr: "supervisr" is not a key of environments.production',
    'beside.yaml:6:5  environments.production.supervisor: "bluepil" is not a supervisor',
    'beside.yaml:10:7  load.stages[0].users: -1 is out of range; at least 0',
  ]);
});

test('an environment that names no supervisor, one that is like itself, and a name that cannot be a folder', async () => {
  const environments = 'environments:\n  a: { server: unicorn }\n  b: { like: b }\n  C: { like: a }\n';
  const text = `name: mine\nnodes: 2\n${environments}load: { stages: [{ users: 5 }] }\nrounds: [{ fault: kill, target: one }]\n`;
  expect((await complaint('lean.yaml', text)).filter((line) => !line.startsWith('  '))).toEqual([
    'lean.yaml:4:3  environments.a.supervisor: is missing; environment a needs a supervisor',
    'lean.yaml:5:8  environments.b.like: goes in a circle: b is like b',
    'lean.yaml:6:3  environments.C: "C" is not a name: small letters, digits and "-", at most 40',
    'lean.yaml:6:3  environments.C.supervisor: is missing; environment C needs a supervisor',
  ]);
});
