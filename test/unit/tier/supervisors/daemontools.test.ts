// daemontools: its script and words, on answers that svstat 0.76 really gave; what the watch of its relatives makes of them.
import { expect, it } from 'vitest';
import type { ObservedEvent } from '../../../../harness/record/events.js';
import type { Node } from '../../../../harness/tier/plugins.js';
import { daemontools, statusOf } from '../../../../harness/tier/supervisors/daemontools.js';
import { service } from './service.js';

const UP = '/etc/service/web: up (pid 24) 3 seconds';

it.each([
  [UP, 'running', 'up', 24],
  ['/etc/service/web: up (pid 24) 1 seconds, want down', 'stopping', 'up, want down', 24],
  ['/etc/service/web: down 0 seconds, normally up, want up', 'starting', 'down, want up', null],
  ['/etc/service/web: down 2 seconds, normally up', 'stopped', 'down', null],
  ['/etc/service/web: supervise not running', 'unreachable', 'supervise not running', null],
])('%s', (text, state, word, trackedPid) => {
  expect(statusOf(`${text}\n`)).toMatchObject({ state, word, trackedPid });
  expect(Object.keys(daemontools.promise(daemontools.options.parse({})).words)).toContain(word);
});

it('hands over variables with any characters, the user, the directory and the limit', () => {
  const [run] = daemontools.recipe({ ...service, openFiles: 512 }, daemontools.options.parse({})).files;
  expect(run?.mode).toBe(0o755);
  expect(run?.content).toContain(String.raw`export MOTTO='it'\''s "50 %" of $HOME \ more'`);
  expect(run?.content).toContain(
    'cd /opt/shop || exit\nulimit -n 512 || exit\nexec setuidgid www-data /usr/bin/unicorn',
  );
});

it('tells an end only where supervise saw it: what a killed supervise left behind may live on', async () => {
  const told: ObservedEvent[] = [];
  let line: (text: string) => void = () => undefined;
  const exec = { onLine: (take: typeof line) => (line = take), onEnd: () => undefined, end: () => undefined };
  const container = { attachExec: () => Promise.resolve(exec) };
  const node = { name: 'web-1', container, supervisorOptions: daemontools.options.parse({}) } as unknown as Node;
  await daemontools.watch(node, (event) => told.push(event), new AbortController().signal);
  const after = (text: string) => {
    told.splice(0);
    line(`S ${text}`);
    return told.map((event) => (event.kind === 'supervisor' ? event.word : 'means' in event && event.means.action));
  };
  expect(after(UP)).toEqual(['up']);
  const another = ['noticed-exit', 'start', 'just started', 'up'];
  expect(after('/etc/service/web: up (pid 31) 0 seconds')).toEqual(another);
  expect(after('/etc/service/web: supervise not running')).toEqual(['supervise not running']);
  expect(after(UP)).toEqual(another.slice(1));
});
