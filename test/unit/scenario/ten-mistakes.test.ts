// Ten mistakes and more that people make in a YAML scenario: each answer has file, line and column, what was found, what is
// allowed, and the nearest name. With the real plug-ins.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { EXIT, HarnessError } from '../../../harness/core/errors.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';

const GOOD = `name: shop
nodes: 2
environments:
  production:
    supervisor: bluepill
    server: unicorn
load:
  requests: [/]
  stages:
    - users: 5
      for: 10s
    - users: 20
rounds:
  - fault: kill
    target: each
limits:
  failedShare: { after: 1% }
`;

const folder = mkdtempSync(join(tmpdir(), 'remuster-ten-'));
beforeAll(() => {
  writeFileSync(join(folder, 'base.yaml'), GOOD);
  writeFileSync(join(folder, 'circle.yaml'), 'extends: ./mine.yaml\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function load(text: string): Promise<unknown> {
  writeFileSync(join(folder, 'mine.yaml'), text);
  return loadExplained('mine.yaml', {}, { env: { USERS: '5' }, cwd: folder }, allPlugIns);
}

/** What was changed into what, and all that is said of it. */
const MISTAKES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'a tab',
    '    supervisor',
    '\tsupervisor',
    ['mine.yaml:5:1  a tab is used for indentation; YAML allows only spaces there'],
  ],
  [
    'a key given twice',
    'load:',
    'nodes: 3\nload:',
    ['mine.yaml:7:1  "nodes" is given twice, in line 2 too; keep one of them'],
  ],
  [
    'an unknown key',
    'stages:',
    'stage:',
    [
      'mine.yaml:7:1  load.stages: is missing; a list is needed',
      'mine.yaml:9:3  load.stage: "stage" is not a key of load',
      '  known: arrivals, connections, engine, requests, sessions, stages, think, timeout     did you mean stages?',
    ],
  ],
  ['a value of another type', 'nodes: 2', 'nodes: two', ['mine.yaml:2:1  nodes: "two" is not a number']],
  [
    'an unknown supervisor',
    'bluepill',
    'blupill',
    [
      'mine.yaml:5:5  environments.production.supervisor: "blupill" is not a supervisor',
      '  known: bluepill, daemontools, docker, monit, pm2, runit, s6, supervisord, systemd     did you mean bluepill?',
    ],
  ],
  [
    'a bad duration',
    '10s',
    '10 sec',
    [`mine.yaml:11:7  load.stages[0].for: "10 sec" is not a duration above 0; write it like '500ms', '10s' or '2m'`],
  ],
  [
    'a bad percentage',
    '1%',
    '1',
    [`mine.yaml:17:18  limits.failedShare.after: 1 is not a share; write it like '5%' (0% to 100%)`],
  ],
  [
    'a key that is missing',
    '    target: each\n',
    '',
    [
      'mine.yaml:14:5  rounds[0].target: is missing; one of these is needed',
      '  known: all, all-but-one, each, half, one',
    ],
  ],
  [
    'a variable that is not set',
    'users: 20',
    'users: ${USRS}',
    ['mine.yaml:12:14  the variable USRS is not set; set it, or give a default: ${USRS:-...}     did you mean USERS?'],
  ],
  [
    'extends of a file that is not there',
    'name: shop',
    'extends: ./bse.yaml',
    [
      'mine.yaml:1:1  extends: bse.yaml  there is no such file',
      '  in that folder: base.yaml, circle.yaml, mine.yaml     did you mean base.yaml?',
    ],
  ],
  [
    'extends in a circle',
    'name: shop',
    'extends: ./circle.yaml',
    ['circle.yaml:1:1  extends: goes in a circle: mine.yaml extends circle.yaml extends mine.yaml'],
  ],
  ['a quote that is never closed', 'name: shop', "name: 'shop", ["mine.yaml:1:7  this ' is never closed"]],
  ['a brace that is never closed', '1% }', '1%', ['mine.yaml:17:16  this { is never closed']],
  [
    'a key without its colon',
    'nodes: 2',
    'nodes 2',
    ['mine.yaml:2:1  not valid YAML: a key has a colon and a blank behind it (`nodes: 2`); this line has none'],
  ],
  [
    'one blank too many',
    '  requests',
    '   requests',
    [
      'mine.yaml:9:1  not valid YAML: this line is not indented like its neighbours; keys of one group begin in the same column',
    ],
  ],
];

test('the file is good without them', async () => {
  await expect(load(GOOD)).resolves.toHaveLength(1);
});

test.each(MISTAKES)('%s', async (_, from, to, says) => {
  expect(GOOD).toContain(from);
  const error: unknown = await load(GOOD.replace(from, () => to)).catch((thrown: unknown) => thrown);
  if (!(error instanceof HarnessError)) throw new Error(`nobody complained: ${String(error)}`);
  expect(error.exitCode).toBe(EXIT.invalid);
  expect(error.message.split('\n')).toEqual(says);
});
