// monit's configuration and start script, promises and words, on lines that version 5.33 really wrote.
import { describe, expect, it } from 'vitest';
import { rcText, startText } from '../../../../harness/tier/supervisors/monit-rc.js';
import { monit, statusOf } from '../../../../harness/tier/supervisors/monit.js';
import type { Service } from '../../../../harness/tier/service.js';
import { service } from './service.js';

/** It writes no pid file of its own. */
const nowhere = Object.fromEntries(Object.entries(service).filter(([key]) => key !== 'pidFile')) as unknown as Service;

const rc = (options: unknown): string => rcText(service, monit.options.parse(options));

describe('the configuration', () => {
  it('has monit tell by the pid file of the server, each second, and nothing that was not asked for', () => {
    const text = rc({});
    expect(text).toContain('set daemon 1\n');
    expect(text).toContain('check process web with pidfile "/var/lib/shop/unicorn.pid"\n');
    expect(text).toContain('as uid "www-data" and gid "www-data" with timeout 30 seconds\n');
    expect(text).toContain(`"/bin/sh -c 'kill -QUIT $(cat /var/lib/shop/unicorn.pid)'" with timeout 30 seconds\n`);
    expect(text).not.toContain(' if ');
  });

  it('has the policies, time-outs and the cycle that were asked for', () => {
    const text = rc({
      cycle: '2s',
      startTimeout: '5s',
      memoryLimit: '213MiB',
      memoryCycles: 3,
      unmonitorAfter: { restarts: 2, cycles: 5 },
    });
    expect(text).toContain('set daemon 2\n');
    expect(text).toContain('"www-data" with timeout 5 seconds\n');
    expect(text).toContain('  if totalmem > 213 MB for 3 cycles then restart\n');
    expect(text).toContain('  if 2 restarts within 5 cycles then unmonitor\n');
  });
});

describe('the start script', () => {
  it('quotes for the shell, and becomes a server that daemonizes itself', () => {
    const text = startText({ ...service, openFiles: 512 });
    expect(text).toContain(`export MOTTO='it'\\''s "50 %" of $HOME \\ more'\n`);
    expect(text).toContain('cd /opt/shop || exit\nulimit -n 512 || exit\n');
    expect(text).toMatch(/\nexec \/usr\/bin\/unicorn -c '\/etc\/shop\/my unicorn.rb' \/opt\/shop\/config.ru\n$/);
  });

  it('puts into the background what cannot do so, and writes the pid file that the server does not write', () => {
    const pidFile = '/var/lib/shop/puma.pid';
    const without = { ...nowhere, argv: ['/usr/bin/puma'], cannotDaemonize: true };
    expect(startText({ ...without, pidFile })).toMatch(/\nsetsid \/usr\/bin\/puma &\n$/);
    expect(startText(without)).toMatch(/\nsetsid \/usr\/bin\/puma &\necho \$! >\/run\/web\/web.pid\n$/);
    expect(rcText(without, monit.options.parse({}))).toContain('with pidfile "/run/web/web.pid"');
  });

  it('never repairs a server that was told to stay in the foreground', () => {
    expect(startText({ ...service, daemonizes: false })).not.toContain('setsid');
  });
});

describe('options', () => {
  it.each([
    { cycle: '1500ms' },
    { cycle: '0s' },
    { memoryLimit: 'much' },
    { memoryCycles: 65 },
    { unmonitorAfter: { restarts: 5, cycles: 3 } },
  ])('refuses what monit refuses: %j', (options) => {
    expect(monit.options.safeParse(options).success).toBe(false);
  });
});

describe('promise', () => {
  it('gives up only where it was told to, and counts the first start as monit does', () => {
    const promiseOf = (options: unknown) => monit.promise(monit.options.parse(options));
    expect(promiseOf({}).budget).toBeUndefined();
    expect(promiseOf({ cycle: '2s', unmonitorAfter: { restarts: 3, cycles: 30 } }).budget).toEqual({
      restarts: 2,
      withinMs: 60_000,
      thenState: 'unmonitored',
    });
    expect(promiseOf({ memoryLimit: '213MiB' }).policies).toEqual([
      { name: 'memory', periodMs: 1_000, limit: '213 MiB' },
    ]);
  });
});

function answer(status: string, monitoring: string, pid?: number): string {
  return [
    'Monit 5.33.0 uptime: 0m',
    '',
    "Process 'web'",
    `  status                       ${status}`,
    `  monitoring status            ${monitoring}`,
    '  monitoring mode              active',
    ...(pid === undefined ? [] : [`  pid                          ${pid}`, '  parent pid                   1']),
    '',
  ].join('\n');
}

describe('its words', () => {
  it.each([
    [answer('OK', 'Monitored', 133), 'running', 133, 'OK'],
    [answer('Resource limit matched', 'Monitored', 67), 'running', 67, 'Resource limit matched'],
    [answer('OK - restart pending', 'Monitored', 86), 'starting', 86, 'OK - restart pending'],
    [answer('Does not exist', 'Monitored'), 'starting', null, 'Does not exist'],
    [answer('Execution failed | Does not exist', 'Monitored'), 'starting', null, 'Execution failed | Does not exist'],
    [answer('Initializing', 'Initializing'), 'starting', null, 'Initializing'],
    [answer('Not monitored', 'Not monitored'), 'unmonitored', null, 'Not monitored'],
    ['Monit: the monit daemon is not running\n', 'unreachable', null, 'unreachable'],
    ['', 'unreachable', null, 'unreachable'],
  ])('%s', (text, state, trackedPid, word) => {
    expect(statusOf(text)).toMatchObject({ state, trackedPid, word });
  });

  it.each([
    ["'web' process is not running", 'noticed-exit'],
    ["'web' process with pid 25861 is a zombie", 'noticed-exit'],
    ["'web' start: '/etc/monit/start-web'", 'start'],
    ["'web' stop: '/bin/sh -c kill -QUIT $(cat /var/lib/shop/unicorn.pid)'", 'stop'],
    ["'web' failed to start (exit status 1) -- no output", 'configuration'],
    ["'web' service restarted 3 times within 6 cycles(s) - unmonitor", 'gave-up'],
  ])('%s', (line, action) => {
    expect(monit.meaningOf(line)?.action).toBe(action);
  });

  it('tells a restart for memory from any other', () => {
    const memory = "'web' total mem amount of 129.5 MB matches resource limit [total mem amount > 90 MB]";
    expect(monit.meaningOf(`'web' trying to restart ${memory}`)).toEqual({
      action: 'restart-by-policy',
      policy: 'memory',
      detail: '129.5 of 90 MiB',
    });
    expect(monit.meaningOf("'web' trying to restart ")).toBeUndefined();
    expect(monit.meaningOf("'web' process is running with pid 29")).toBeUndefined();
  });
});

describe('its own process', () => {
  it.each([
    ['monit -c /etc/monit/monitrc', true],
    ['monit -c /etc/monit/monitrc restart web', false],
    ['timeout 3 monit -B -c /etc/monit/monitrc status web', false],
  ])('%s', (command, isIt) => {
    expect(monit.isSupervisor({ pid: 15, command }, monit.options.parse({}))).toBe(isIt);
  });
});
