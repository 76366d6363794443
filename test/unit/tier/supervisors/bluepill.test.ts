// bluepill's pill, promises and words, on lines that version 0.1.3 really wrote.
import { describe, expect, it } from 'vitest';
import { pillText } from '../../../../harness/tier/supervisors/bluepill-pill.js';
import { bluepill, statusOf } from '../../../../harness/tier/supervisors/bluepill.js';
import { service } from './service.js';

const pill = (options: unknown, changed: Partial<typeof service> = {}): string =>
  pillText({ ...service, ...changed }, bluepill.options.parse(options));

describe('the pill', () => {
  it('leaves out what the scenario leaves out', () => {
    const text = pill({});
    expect(text).toContain(`process.pid_file = '/var/lib/shop/unicorn.pid'`);
    expect(text).toContain(`process.stop_command = 'kill -QUIT {{PID}}'`);
    expect(text).toContain(`process.start_grace_time = 3.seconds`);
    for (const word of ['daemonize', 'checks', 'monitor_children', 'prlimit']) expect(text).not.toContain(word);
  });

  it('quotes for Ruby and for Shellwords', () => {
    const text = pill({});
    expect(text).toContain(`'MOTTO' => 'it\\'s "50 %" of $HOME \\\\ more'`);
    expect(text).toContain(`-c \\'/etc/shop/my unicorn.rb\\' /opt/shop/config.ru'`);
  });

  it('never repairs an explicit daemonize, and keeps its own pid file where it daemonizes itself', () => {
    expect(pill({ daemonize: false }, { cannotDaemonize: true })).toContain('process.daemonize = false');
    const text = pill({}, { cannotDaemonize: true });
    expect(text).toContain('process.daemonize = true');
    expect(text).not.toContain('pid_file');
  });

  it('has the policies that were asked for', () => {
    const text = pill({
      memoryLimit: '213MiB',
      monitorChildren: true,
      flapping: { times: 3, within: '1m', retryIn: '0s' },
    });
    expect(text).toContain(
      'process.checks :mem_usage, every: 1.second, below: 213.megabytes, times: 3, include_children: true',
    );
    expect(text).toContain('process.checks :flapping, times: 3, within: 60.seconds, retry_in: 0.seconds');
    expect(text).toContain('process.monitor_children do |child|');
  });

  it('has its list of stop signals in place of a stop command, and attributes as they were written', () => {
    const text = pill({ stopSignals: ['TERM', '2s', 'KILL'], attributes: ['deamonize = true'] });
    expect(text).toContain('process.stop_signals = [:term, 2.seconds, :kill]');
    expect(text).toContain('process.deamonize = true');
    expect(text).not.toContain('stop_command');
  });

  it('sets limits through prlimit, which becomes the server', () => {
    expect(pill({}, { openFiles: 512 })).toContain(
      `start_command = '/usr/bin/prlimit --nofile=512:512 /usr/bin/unicorn`,
    );
  });
});

describe('options', () => {
  it('takes sizes of memory, not words and not next to nothing', () => {
    expect(bluepill.options.safeParse({ memoryLimit: 'much' }).error?.issues[0]?.message).toContain('213MiB');
    expect(bluepill.options.safeParse({ memoryLimit: '10KiB' }).success).toBe(false);
    expect(bluepill.options.safeParse({ startGrace: '5s', demonize: true }).success).toBe(false);
  });

  it('takes stop signals with delays between them that are over before the stop grace is', () => {
    const errorOf = (options: unknown) => bluepill.options.safeParse(options).error?.issues[0];
    expect(errorOf({ stopSignals: ['TERM', '2s', 'KILL'] })).toBeUndefined();
    for (const stopSignals of [['TERM', '2s'], ['2s'], ['TERM', '0.5s', 'KILL']])
      expect(errorOf({ stopSignals })?.message).toContain("['TERM', '5s', 'KILL']");
    expect(errorOf({ stopSignals: ['TERM', '3s', 'KILL'], stopGrace: '3s' })?.path).toEqual(['stopGrace']);
  });
});

describe('promise', () => {
  it('gives up only with a flapping trigger that never retries', () => {
    const promiseOf = (options: unknown) => bluepill.promise(bluepill.options.parse(options));
    expect(promiseOf({}).budget).toBeUndefined();
    expect(promiseOf({ flapping: { times: 3, within: '1m', retryIn: '5s' } }).budget).toBeUndefined();
    expect(promiseOf({ flapping: { times: 3, within: '1m', retryIn: '0s' } }).budget).toEqual({
      restarts: 1,
      withinMs: 60_000,
      thenState: 'unmonitored',
    });
    expect(promiseOf({ memoryLimit: '213MiB' }).policies).toEqual([
      { name: 'memory', periodMs: 1_000, limit: '213 MiB' },
    ]);
  });
});

describe('its words', () => {
  it.each([
    ['web(pid:97): up', 'running', 97],
    ['web(pid:): down', 'stopped', null],
    ['web(pid:97): restarting', 'starting', 97],
    ['web(pid:97): unmonitored', 'unmonitored', 97],
    ['unreachable: Connection refused - connect(2) for /var/run/bluepill/socks/shop.sock', 'unreachable', null],
    ['', 'unreachable', null],
  ])('%s', (text, state, trackedPid) => {
    expect(statusOf(text)).toMatchObject({ state, trackedPid });
  });

  it.each([
    ['Did you forget to tell bluepill to daemonize this process?', 'configuration'],
    ['Executing start command: /usr/bin/unicorn -D -E production', 'start'],
    ['Executing stop command: kill -QUIT 468', 'stop'],
    ['Executing default stop command. Sending TERM signal to 81', 'stop'],
    ['Going from up => down', 'noticed-exit'],
    ['Flapping detected: retrying in 0 seconds', 'gave-up'],
  ])('%s', (line, action) => {
    expect(bluepill.meaningOf(line)?.action).toBe(action);
  });

  it('Flapping that it will retry is no giving up', () => {
    expect(bluepill.meaningOf('Flapping detected: retrying in 5 seconds')?.action).not.toBe('gave-up');
  });

  it('reads the newest value over the limit', () => {
    expect(bluepill.meaningOf('mem_usage dispatched: restart [shop:web] mem_usage: [218MB*, 226MB*, 228MB*]')).toEqual({
      action: 'restart-by-policy',
      policy: 'memory',
      detail: '228 MiB',
    });
  });

  it.each(['Going from down => starting', 'No restart_command specified. Must stop and start to restart'])(
    '%s means nothing by itself',
    (line) => {
      expect(bluepill.meaningOf(line)).toBeUndefined();
    },
  );
});
