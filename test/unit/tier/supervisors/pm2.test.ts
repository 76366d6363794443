// pm2's ecosystem file, promises and words, on lines that version 7.0.3 really wrote.
import { describe, expect, it } from 'vitest';
import { ecosystemText, pm2Env } from '../../../../harness/tier/supervisors/pm2-ecosystem.js';
import { pm2, statusOf } from '../../../../harness/tier/supervisors/pm2.js';
import { service } from './service.js';

const nodeService = { ...service, argv: ['/usr/bin/node', '/etc/shop/serve.mjs', '--port', '8080'] };

function appOf(options: unknown, changed: Partial<typeof service> = {}): Readonly<Record<string, unknown>> {
  const text = ecosystemText({ ...service, ...changed }, pm2.options.parse(options));
  return (JSON.parse(text) as { apps: Readonly<Record<string, unknown>>[] }).apps[0]!;
}

const promise = (options: unknown) => pm2.promise(pm2.options.parse(options));

it('what a node program tells pm2 of itself, and is given from its second start on, is no difference', () => {
  // pm2-runtime 7.0.3 with app.js in fork mode: the variable node_version is new after the first restart.
  expect(pm2.volatileEnv).toContain('node_version');
});

describe('the ecosystem file', () => {
  it('runs the command as it is, as the user, and leaves out what is pm2’s default', () => {
    expect(appOf({})).toEqual({
      name: 'web',
      script: '/usr/bin/unicorn',
      args: ['-c', '/etc/shop/my unicorn.rb', '/opt/shop/config.ru'],
      interpreter: 'none',
      exec_mode: 'fork',
      cwd: '/opt/shop',
      uid: 'www-data',
      env: service.env,
    });
  });

  it('has what was asked for, a restart delay of 0 not among it', () => {
    expect(appOf({ maxRestarts: 3, minUptime: '2s', maxMemoryRestart: '213MiB', restartDelay: '0s' })).toMatchObject({
      max_restarts: 3,
      min_uptime: 2_000,
      max_memory_restart: 213 * 1024 ** 2,
    });
    expect(appOf({ restartDelay: '0s' })).not.toHaveProperty('restart_delay');
    expect(appOf({ stopExitCodes: [0], autorestart: false })).toMatchObject({
      stop_exit_codes: [0],
      autorestart: false,
    });
  });

  it('sets limits through prlimit, which becomes the server', () => {
    const { script, args } = appOf({}, { openFiles: 512 });
    expect([script, ...(args as string[])].slice(0, 3)).toEqual([
      '/usr/bin/prlimit',
      '--nofile=512:512',
      '/usr/bin/unicorn',
    ]);
  });

  it('loads a program of Node.js into its own cluster, and nothing else', () => {
    expect(appOf({ execMode: 'cluster' }, nodeService)).toMatchObject({
      script: '/etc/shop/serve.mjs',
      args: ['--port', '8080'],
      exec_mode: 'cluster',
      out_file: '/var/log/pm2/web-out.log',
    });
    expect(() => appOf({ execMode: 'cluster' })).toThrow('Node.js only');
    expect(() => appOf({ execMode: 'cluster' }, { ...nodeService, openFiles: 512 })).toThrow('open files');
  });

  it('stops the server with its own signal, unless told otherwise', () => {
    const signal = (options: unknown) => pm2Env(service, pm2.options.parse(options))['PM2_KILL_SIGNAL'];
    expect(signal({})).toBe('SIGQUIT');
    expect(signal({ killSignal: 'INT' })).toBe('SIGINT');
  });
});

it.each([[{ minUptime: '50ms' }], [{ maxMemoryRestart: 'much' }], [{ killSignal: 'stop' }], [{ instances: 2 }]])(
  'refuses %j',
  (options) => {
    expect(pm2.options.safeParse(options).success).toBe(false);
  },
);

describe('promise', () => {
  it('gives up after 16 ends of a process younger than a second, counted from the last command', () => {
    expect(promise({}).budget).toEqual({
      restarts: 15,
      withinMs: 16_000,
      thenState: 'errored',
      youngerThanMs: 1_000,
      countsFrom: 'command',
    });
  });

  it('hides that it gave up behind the word of its delay, and never gives up with long delays', () => {
    expect(promise({ restartDelay: '200ms' }).budget).toMatchObject({ thenState: 'waiting restart' });
    expect(promise({ restartDelay: '2s' })).not.toHaveProperty('budget');
    expect(promise({ expBackoff: '100ms' })).not.toHaveProperty('budget');
    expect(promise({ expBackoff: '100ms' })).toMatchObject({ restartDelayMs: 100, restartDelayGrowsToMs: 15_000 });
    expect(promise({ expBackoff: '100ms', maxRestarts: 3 }).budget).toMatchObject({ restarts: 2, withinMs: 3_000 });
  });

  it('takes the end by a signal for exit code 0', () => {
    expect(promise({}).restartsAfter).toEqual(['signal', 'error', 'clean-exit']);
    expect(promise({ stopExitCodes: [0] }).restartsAfter).toEqual(['error']);
    expect(promise({ autorestart: false }).restartsAfter).toEqual([]);
  });

  it('has a policy on memory where it was asked for one', () => {
    expect(promise({}).policies).toEqual([]);
    expect(promise({ maxMemoryRestart: '213MiB' }).policies).toEqual([
      { name: 'memory', periodMs: 30_000, limit: '213 MiB', mainProcessOnly: true },
    ]);
  });
});

describe('its words', () => {
  it.each([
    ['{"word":"online","pid":31,"restarts":2,"unstable":0}', 'running', 31],
    ['{"word":"stopping","pid":31,"restarts":2,"unstable":0}', 'stopping', 31],
    ['{"word":"stopped","pid":109,"restarts":1,"unstable":1}', 'starting', null],
    ['{"word":"stopped","pid":0,"restarts":1,"unstable":2}', 'stopped', null],
    ['{"word":"waiting restart","pid":91,"restarts":14,"unstable":15}', 'starting', null],
    ['{"word":"waiting restart","pid":0,"restarts":15,"unstable":0}', 'failed', null],
    ['{"word":"errored","pid":0,"restarts":15,"unstable":0}', 'failed', null],
    ['{"word":"not in its list"}', 'unmonitored', null],
    ['{"word":"unreachable","why":"no daemon answers on its socket"}', 'unreachable', null],
    ['Error: there is no pm2 in the PATH', 'unreachable', null],
  ])('%s is %s', (text, state, trackedPid) => {
    expect(statusOf(text)).toMatchObject({ state, trackedPid });
  });

  it('knows its daemon, not its command line, nor whom it runs', () => {
    const isIt = (command: string) => pm2.isSupervisor({ pid: 20, command }, pm2.options.parse({}));
    expect(isIt('PM2 v7.0.3: God Daemon (/var/lib/pm2)')).toBe(true);
    for (const other of ['node /usr/local/bin/pm2 restart web', 'pm2-eyes', '/usr/bin/node /etc/shop/serve.mjs'])
      expect(isIt(other)).toBe(false);
  });

  it.each([
    ['App [web:0] starting in -fork mode-', 'start'],
    ['App [web:0] exited with code [0] via signal [SIGKILL]', 'noticed-exit'],
    ['Stopping app:web id:0', 'stop'],
    ['Process with pid 31 still alive after 1600ms, sending SIGKILL to 1 remaining pids...', 'stop'],
    ['Script /opt/shop/launch had too many unstable restarts (16). Stopped. "errored"', 'gave-up'],
    ['App [web:0] online', undefined],
    ['Process 0 in a stopped status, starting it', undefined],
  ])('%s: %s', (line, action) => {
    expect(pm2.meaningOf(line)?.action).toBe(action);
  });

  it('reads the size that its policy saw', () => {
    const line =
      '[PM2][WORKER] Process 0 restarted because it exceeds --max-memory-restart value (current_memory=137842688 max_memory_limit=125829120 [octets])';
    expect(pm2.meaningOf(line)).toEqual({ action: 'restart-by-policy', policy: 'memory', detail: '131 of 120 MiB' });
  });
});
