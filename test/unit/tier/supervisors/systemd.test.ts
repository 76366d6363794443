// systemd's unit, promises and words, on lines that version 252 really wrote.
import { describe, expect, it } from 'vitest';
import { systemd, unitText } from '../../../../harness/tier/supervisors/systemd.js';
import { statusOf } from '../../../../harness/tier/supervisors/systemd-status.js';
import { service } from './service.js';

const unit = (options: unknown, changed: Partial<typeof service> = {}): string =>
  unitText({ ...service, ...changed }, systemd.options.parse(options));

describe('the unit', () => {
  it('quotes as systemd.service(5) and systemd.exec(5) want it', () => {
    const text = unit({}, { argv: ['/usr/bin/puma', '--tag', 'a $b %c', '-C', '/etc/shop/puma.rb'] });
    expect(text).toContain('ExecStart=/usr/bin/puma --tag "a $$b %%c" -C /etc/shop/puma.rb\n');
    expect(text).toContain(String.raw`Environment="MOTTO=it's \"50 %%\" of $HOME \\ more"` + '\n');
  });

  it('keeps line feeds inside of a value', () => {
    expect(unit({}, { env: { TWO: 'one\ntwo' } })).toContain(String.raw`Environment="TWO=one\ntwo"` + '\n');
  });

  it('names a pid file only where systemd needs it', () => {
    expect(unit({})).not.toContain('PIDFile');
    expect(unit({ type: 'forking' })).toContain('PIDFile=/var/lib/shop/unicorn.pid\n');
  });

  it('has limits, start limit and stop signal', () => {
    const text = unit({ startLimitBurst: 2, startLimitInterval: '1m', memoryMax: '300M' }, { openFiles: 512 });
    for (const line of ['StartLimitBurst=2', 'StartLimitIntervalSec=60', 'LimitNOFILE=512', 'MemoryMax=300M'])
      expect(text.split('\n')).toContain(line);
    expect(text).toContain('KillSignal=SIGQUIT\n');
    expect(unit({ startLimitBurst: 0 })).toContain('StartLimitIntervalSec=0\n');
  });
});

describe('promise', () => {
  it('counts the first start, as systemd does', () => {
    const budgetOf = (options: unknown) => systemd.promise(systemd.options.parse(options)).budget;
    expect(budgetOf({})).toEqual({ restarts: 4, withinMs: 10_000, thenState: 'failed', countsFrom: 'first' });
    expect(budgetOf({ startLimitBurst: 0 })).toBeUndefined();
  });
});

describe('its words', () => {
  it.each([
    [
      'MainPID=30\nResult=success\nNRestarts=2\nActiveState=active\nSubState=running\n',
      'running',
      30,
      'active (running)',
    ],
    [
      'MainPID=0\nResult=signal\nNRestarts=0\nActiveState=activating\nSubState=auto-restart\n',
      'starting',
      null,
      'activating (auto-restart)',
    ],
    [
      'MainPID=0\nResult=start-limit-hit\nNRestarts=4\nActiveState=failed\nSubState=failed\n',
      'failed',
      null,
      'failed (failed)',
    ],
    ['Failed to connect to bus: No such file or directory', 'unreachable', null, 'no answer'],
  ])('%s', (text, state, trackedPid, word) => {
    expect(statusOf(text)).toMatchObject({ state, trackedPid, word });
  });

  it.each([
    ['web.service: Main process exited, code=killed, status=9/KILL', 'noticed-exit'],
    ['web.service: Scheduled restart job, restart counter is at 1.', 'start'],
    ['Started web.service - web.', 'start'],
    ['Stopping web.service - web...', 'stop'],
    ['web.service: Start request repeated too quickly.', 'gave-up'],
    ["web.service: Failed with result 'start-limit-hit'.", 'gave-up'],
    ['web.service: Watchdog timeout (limit 10s)!', 'restart-by-policy'],
  ])('%s', (line, action) => {
    expect(systemd.meaningOf(line)?.action).toBe(action);
  });

  it('a clean stop is not an exit that it noticed', () => {
    expect(systemd.meaningOf('web.service: Deactivated successfully.')).toBeUndefined();
  });
});
