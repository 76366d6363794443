// Which cells there are: from the plug-ins alone, with a reason for each that cannot be.
import { expect, test } from 'vitest';
import { productCells, trapCells, type TrapSetting } from '../../../harness/matrix/cells.js';
import { planCell } from '../../../harness/matrix/plan-cell.js';
import { selectCells, sliceOf } from '../../../harness/matrix/select.js';
import { restartPaths } from '../../../harness/matrix/list-paths.js';
import { maps } from './plug-ins.js';

const broken: TrapSetting = {
  trap: 'T07-daemon',
  file: 'scenarios/traps/T07-daemon.ts',
  environment: 'broken',
  supervisor: 'systemd',
  server: 'unicorn',
  path: 'kill-master',
};
const cells = [...productCells(maps), ...trapCells([broken, { ...broken, environment: 'fixed' }])];
const ids = (chosen: readonly { readonly id: string }[]): readonly string[] => chosen.map(({ id }) => id);

test('every supervisor meets every form of every server on every path that a fault drives without being told more', () => {
  const product = cells.filter(({ kind }) => kind === 'product');
  expect(new Set(product.map(({ server }) => server))).toEqual(new Set(['unicorn', 'puma', 'puma-cluster']));
  // `freeze` heals by itself, `exec` needs a command: neither is a path of its own.
  expect(new Set(product.map(({ path }) => path))).toEqual(
    new Set(['kill-master', 'kill-worker', 'kill-supervisor', 'policy-restart', 'reload']),
  );
  expect(product).toHaveLength(2 * 3 * 5);
});

test('a plug-in that is added is in the matrix without a word here', () => {
  const more = { ...maps, supervisors: { ...maps.supervisors, runit: maps.supervisors['bluepill']! } };
  expect(productCells(more)).toHaveLength(3 * 3 * 5);
});

test('what can be is planned with one node, few users, and the proof of any other run', () => {
  const cell = productCells(maps).find(({ id }) => id === 'bluepill/puma-cluster/kill-worker')!;
  const planned = planCell(cell, maps);
  if (!('plan' in planned)) throw new Error(planned.notApplicable);
  const { plan } = planned;
  expect(plan.nodes).toEqual(['web-1']);
  expect(plan.environment.node).toMatchObject({
    supervisor: { kind: 'bluepill' },
    server: { kind: 'puma', options: { workers: 2 } },
  });
  expect(plan.rounds.map(({ fault }) => fault)).toEqual([
    { kind: 'kill', options: { process: 'worker', signal: 'KILL' } },
  ]);
  // A new worker is asked because users bring connections of their own.
  expect(plan.balancer).toEqual({ kind: 'haproxy', options: { reuse: 'never' } });
  expect(plan.proof).toMatchObject({ consecutive: 5, holdMs: 5_000 });
});

test.each([
  ['systemd/unicorn/kill-supervisor', 'PID 1 of the node'],
  ['systemd/puma/reload', 'puma has no reload'],
  ['systemd/puma/kill-worker', 'puma has no workers here: it is one process'],
  ['systemd/unicorn/policy-restart', 'no memory policy here'],
])('%s cannot be, and says why', (id, why) => {
  const planned = planCell(
    productCells(maps).find((cell) => cell.id === id)!,
    maps,
  );
  expect('notApplicable' in planned && planned.notApplicable).toContain(why);
});

test('a supervisor that can have a memory policy gets one for the path that needs it, and only there', () => {
  const options = (id: string) => {
    const planned = planCell(
      productCells(maps).find((cell) => cell.id === id)!,
      maps,
    );
    return 'plan' in planned ? planned.plan.environment.node.supervisor.options : planned.notApplicable;
  };
  expect(options('bluepill/unicorn/policy-restart')).toEqual({ memoryLimit: 300 * 1024 ** 2 });
  expect(options('bluepill/unicorn/kill-master')).toEqual({});
  const given = productCells(maps).filter((cell) => cell.given);
  expect(given.map(({ id, given }) => [id, given])).toEqual(
    ['unicorn', 'puma', 'puma-cluster'].map((server) => [
      `bluepill/${server}/policy-restart`,
      { memoryLimit: '300MiB' },
    ]),
  );
});

test('the default table: all on a crash, all paths with one server, all paths under one supervisor, all traps', () => {
  const chosen = ids(selectCells(cells, {}));
  expect(chosen).toEqual(
    expect.arrayContaining([
      'bluepill/puma/kill-master',
      'bluepill/unicorn/reload',
      'systemd/puma/reload',
      'trap/T07-daemon/broken',
    ]),
  );
  expect(chosen).not.toContain('bluepill/puma/reload');
  expect(new Set(chosen).size).toBe(chosen.length);
});

test('one name takes its part of the default table, two names all of the third', () => {
  expect(ids(selectCells(cells, { server: ['puma'], path: ['kill-worker'] }))).toEqual([
    'systemd/puma/kill-worker',
    'systemd/puma-cluster/kill-worker',
    'bluepill/puma/kill-worker',
    'bluepill/puma-cluster/kill-worker',
  ]);
  expect(ids(selectCells(cells, { supervisor: ['bluepill'], path: ['reload'] }))).toHaveLength(3);
  expect(ids(selectCells(cells, { path: ['reload'] }))).not.toContain('bluepill/puma/reload');
});

test.each([['T07-daemon'], ['T07'], ['broken'], ['T07-daemon/broken']])(
  '--setting %s finds the setting of a trap',
  (name) => {
    expect(ids(selectCells(cells, { setting: [name] }))).toContain('trap/T07-daemon/broken');
    expect(ids(selectCells(cells, { setting: ['defaults'] }))).not.toContain('trap/T07-daemon/broken');
  },
);

test('names that nobody knows are told with the nearest one', () => {
  const ask = (filters: Parameters<typeof selectCells>[1]) => () => selectCells(cells, filters);
  expect(ask({ supervisor: ['sytemd'] })).toThrow(
    expect.objectContaining({ exitCode: 104, hint: 'known: bluepill, systemd     did you mean systemd?' }),
  );
  expect(ask({ path: ['relaod'] })).toThrow(/--path: "relaod"/);
  expect(ask({ server: ['puma'], setting: ['broken'] })).toThrow(/no cell/);
});

test('a slice touches each supervisor, server and path, with fewer cells than the table has', () => {
  const slice = sliceOf(selectCells(cells, { setting: ['defaults'] }));
  const touched = (key: 'supervisor' | 'server' | 'path') => new Set(slice.map((cell) => cell[key]));
  expect(touched('supervisor')).toEqual(new Set(['systemd', 'bluepill']));
  expect(touched('server')).toEqual(new Set(['unicorn', 'puma', 'puma-cluster']));
  expect(touched('path').size).toBe(5);
  expect(slice.length).toBeLessThan(8);
});

test('what two faults do in the same way is one path', () => {
  const death = { ...maps.faults['reload']!, name: 'supervisor-death' };
  const faults = { ...maps.faults, 'supervisor-death': death };
  const names = restartPaths({ ...maps, faults }).map(({ name }) => name);
  expect(names).toContain('supervisor-death');
  expect(names).not.toContain('kill-supervisor');
});

test('the list of paths has those of faults and those that only servers name, with the servers', () => {
  const paths = restartPaths(maps);
  expect(paths).toContainEqual({ name: 'reload', summary: 'a fault; unicorn HUP', servers: ['unicorn'] });
  expect(paths).toContainEqual({ name: 'kill-worker', summary: 'the fault kill with process: worker' });
  expect(paths).toContainEqual({
    name: 'in-place',
    summary: 'the master executes itself anew; puma USR2, puma-cluster USR2',
    servers: ['puma', 'puma-cluster'],
  });
});
