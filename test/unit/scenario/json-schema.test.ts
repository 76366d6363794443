// The published JSON Schema in a stock validator: takes what remuster takes, refuses what it refuses, and is up to date.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { schemaText } from '../../../harness/commands/schema.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';
import { readSource } from '../../../harness/scenario/load.js';
import { validateScenario } from '../../../harness/scenario/validate.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const takes = new Ajv2020({ strictTypes: false }).compile(JSON.parse(schemaText()) as object);

function complaints(data: unknown): readonly string[] {
  return takes(data) ? [] : (takes.errors ?? []).map((each) => `${each.instancePath} ${each.message ?? ''}`);
}

const scenarios = readdirSync(join(root, 'scenarios'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|yaml|json)$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));

test('the file in the package is what `remuster schema` prints', () => {
  const file = readFileSync(join(root, 'schema/scenario.schema.json'), 'utf8');
  expect(file === schemaText(), 'it is old; bring it up to date with: npm run schema').toBe(true);
});

test.each(scenarios)('%s is right', async (file) => {
  const { value } = await readSource(file, root, {});
  expect(complaints(JSON.parse(JSON.stringify(value)))).toEqual([]);
});

const good = {
  $schema: './scenario.schema.json',
  name: 'mine',
  nodes: 2,
  app: { kind: 'shop', serviceMs: 20 },
  environments: {
    release: { supervisor: 'systemd', server: { kind: 'unicorn', workers: 2 } },
    other: { like: 'release', app: { serviceMs: 30 }, supervisor: { kind: 'bluepill', memoryLimit: '213MiB' } },
  },
  load: {
    requests: ['/', { path: '/x', weight: 2 }],
    stages: [{ users: 5, for: '3s' }, { users: 9 }],
    think: '1s..2s',
  },
  rounds: [{ fault: { kind: 'kill', signal: 'KILL' }, target: ['web-1'], at: 'peak+2s' }],
  limits: { recovered: '15s', failedShare: { after: '0.1%' } },
  expect: { release: 'pass' },
};

test('a good one is good for both', () => {
  expect(validateScenario({ ...good, $schema: undefined }, allPlugIns)).toMatchObject({ ok: true });
  expect(complaints(good)).toEqual([]);
});

type Change = Readonly<Record<string, unknown>>;
const broken: readonly (readonly [string, Change])[] = [
  ['an unknown key', { nodez: 2 }],
  ['no nodes', { nodes: undefined }],
  ['half a node', { nodes: 1.5 }],
  ['a supervisor that nobody knows', { environments: { a: { supervisor: 'bluepil', server: 'unicorn' } } }],
  ['the same in its long form', { environments: { a: { supervisor: { kind: 'bluepil' }, server: 'unicorn' } } }],
  [
    'an option of another supervisor',
    { environments: { a: { supervisor: { kind: 'systemd', memoryLimit: '1GiB' } } } },
  ],
  ['an option of no application', { environments: { a: { app: { serviceMz: 3 } } } }],
  ['a choice without its kind', { rounds: [{ fault: { signal: 'KILL' }, target: 'each' }] }],
  ['a fault that needs an option, by name only', { rounds: [{ fault: 'exec', target: 'each' }] }],
  ['a signal that there is not', { rounds: [{ fault: { kind: 'kill', signal: 'KILT' }, target: 'each' }] }],
  ['a target that nobody knows', { rounds: [{ fault: 'kill', target: 'some' }] }],
  ['a duration without a unit', { limits: { recovered: '15' } }],
  ['a share as a number', { limits: { failedShare: { after: 0.1 } } }],
  ['a path without its slash', { load: { ...good.load, requests: ['index.html'] } }],
  ['a think time that is none', { load: { ...good.load, think: '1s-2s' } }],
  ['no stages', { load: { ...good.load, stages: [] } }],
  ['an expectation that is no verdict', { expect: { release: 'passed' } }],
];

describe('refused by both', () => {
  test.each(broken)('%s', (_what, change) => {
    const changed = JSON.parse(JSON.stringify({ ...good, ...change })) as Change;
    expect(validateScenario({ ...changed, $schema: undefined }, allPlugIns)).toMatchObject({ ok: false });
    expect(complaints(changed)).not.toEqual([]);
  });
});

test('numbers and words may come from the environment', () => {
  const stages = [{ users: '${USERS:-5}', for: '${FOR}' }, { users: 9 }];
  const environments = {
    a: { supervisor: '${SUPERVISOR:-systemd}', server: { kind: 'unicorn', workers: '${WORKERS}' } },
  };
  expect(complaints({ ...good, environments, expect: {}, load: { ...good.load, stages } })).toEqual([]);
  expect(complaints({ ...good, nodes: '$${NODES}' })).not.toEqual([]);
});

test('what extends another file may leave out what is there, and nothing else', () => {
  const part = {
    extends: './base.yaml',
    load: { think: '1s' },
    environments: { a: { supervisor: { type: 'notify' } } },
  };
  expect(complaints(part)).toEqual([]);
  expect(complaints({ ...part, load: { thinks: '1s' } })).not.toEqual([]);
  expect(complaints({ ...part, load: { stages: [{ users: 'many' }] } })).not.toEqual([]);
});
