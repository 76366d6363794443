// runit and s6: the service directory that they are given, and what is made of what they answer and complain about.
// The answers are what runit 2.1.2 and s6 2.11.3 really wrote.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FileSpec } from '../../../../harness/tier/runtime/runtime.js';
import { runit, statusOf as statusOfRunit } from '../../../../harness/tier/supervisors/runit.js';
import { runScript } from '../../../../harness/tier/supervisors/run-script.js';
import { s6, statusOf as statusOfS6 } from '../../../../harness/tier/supervisors/s6.js';
import type { Service } from '../../../../harness/tier/service.js';
import { service } from './service.js';

function fileOf(files: readonly FileSpec[], path: string): FileSpec & { readonly content?: string } {
  return (
    files.find((file) => file.path === path) ??
    expect.fail(`no ${path} among ${files.map(({ path: each }) => each).join(', ')}`)
  );
}

function optionsOf(given: object) {
  return s6.options.parse(given);
}

describe('./run', () => {
  it('becomes the server, as the user, in its directory, with its limit, its output in a file that never blocks', () => {
    const lines = runScript({ ...service, openFiles: 512 }, ['chpst', '-u', 'www-data:www-data']).split('\n');
    expect(lines[0]).toBe('#!/bin/sh');
    expect(lines).toContain('exec </dev/null >>/var/log/web.log 2>&1');
    expect(lines).toContain('cd /opt/shop || exit');
    expect(lines).toContain('ulimit -n 512 || exit');
    expect(lines.at(-2)).toBe(
      `exec chpst -u www-data:www-data /usr/bin/unicorn -c '/etc/shop/my unicorn.rb' /opt/shop/config.ru`,
    );
  });

  it('gives the server any environment and arguments as they are', () => {
    const nasty = `it's "50 %" of $HOME \`id\` \\ more\n  and !more; #none`;
    const tell = 'console.log(JSON.stringify([process.argv.slice(1), process.env.MOTTO, process.cwd()]))';
    const told: Service = {
      ...service,
      argv: [process.execPath, '-e', tell, nasty],
      env: { MOTTO: nasty },
      cwd: '/',
    };
    // Only its log's place: a test writes nothing there.
    const script = runScript(told, ['env']).replace('>>/var/log/web.log 2>&1', '');
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8', timeout: 20_000 });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([[nasty], nasty, '/']);
  });
});

describe('runit', () => {
  const { files } = runit.recipe(service, runit.options.parse({}));

  it('has the stop signal of the service sent in place of TERM', () => {
    const control = fileOf(files, '/etc/service/web/control/t');
    expect(control.content).toContain('exec kill -QUIT "$(cat /etc/service/web/supervise/pid)"');
    expect(control).toMatchObject({ mode: 0o755 });
    expect(fileOf(files, '/etc/service/web/run')).toMatchObject({ mode: 0o755 });
  });

  it.each([
    ['run: /etc/service/web: (pid 31) 5s\n', 'running', 31, 'run'],
    ['run: /etc/service/web: (pid 31) 5s, want down', 'stopping', 31, 'run, want down'],
    ['finish: /etc/service/web: (pid 35) 0s', 'starting', null, 'finish'],
    ['down: /etc/service/web: 0s, normally up, want up', 'starting', null, 'down, want up'],
    ['down: /etc/service/web: 2s, normally up', 'stopped', null, 'down'],
    ['fail: /etc/service/web: runsv not running', 'unreachable', null, 'fail'],
    ['warning: /etc/service/web: unable to open supervise/ok: file does not exist', 'unreachable', null, 'warning'],
    ['', 'unreachable', null, 'no answer'],
  ])('%s', (text, state, trackedPid, word) => {
    expect(statusOfRunit(text)).toEqual({ state, trackedPid, word, raw: text.trim() });
  });

  it('has a meaning for what it answers, and for what runsv complains about', () => {
    const actionOf = (line: string) => runit.meaningOf(line)?.action;
    expect(actionOf('down: /etc/service/web: 0s, normally up, want up')).toBe('noticed-exit');
    expect(actionOf('pid 31 is gone: run: /etc/service/web: (pid 40) 0s')).toBe('noticed-exit');
    expect(actionOf('run: /etc/service/web: (pid 40) 0s')).toBe('start');
    expect(actionOf('runsv web: fatal: unable to start ./run: access denied')).toBe('configuration');
    expect(actionOf('runsvdir /etc/service: warning: unable to stat')).toBeUndefined();
  });

  it('knows runsv by its command line, and does not take runsvdir for it', () => {
    expect(runit.isSupervisor({ pid: 9, command: 'runsv web' }, runit.options.parse({}))).toBe(true);
    expect(runit.isSupervisor({ pid: 8, command: 'runsvdir -P /etc/service' }, runit.options.parse({}))).toBe(false);
    expect(runit.isSupervisor({ pid: 12, command: 'sv status /etc/service/web' }, runit.options.parse({}))).toBe(false);
  });
});

describe('s6', () => {
  it('gives up only where it was told to, and never kills unless it was told to', () => {
    const { files } = s6.recipe(service, optionsOf({}));
    expect(fileOf(files, '/etc/s6/web/down-signal').content).toBe('SIGQUIT\n');
    expect(fileOf(files, '/etc/s6/web/finish').content).not.toContain('s6-permafailon');
    expect(files.map(({ path }) => path)).not.toContain('/etc/s6/web/timeout-kill');
    expect(s6.promise(optionsOf({}))).not.toHaveProperty('budget');
    expect(s6.promise(optionsOf({}))).not.toHaveProperty('stopTimeoutMs');
  });

  it('has ./finish count the ends, and promises as many restarts', () => {
    const chosen = optionsOf({ permanentFail: { ends: 3, within: '60s' }, stopTimeout: '8s' });
    const { files } = s6.recipe(service, chosen);
    expect(fileOf(files, '/etc/s6/web/finish').content).toMatch(/\nexec s6-permafailon 60 3 0-255,SIGKILL,\S+ true\n$/);
    expect(fileOf(files, '/etc/s6/web/timeout-kill').content).toBe('8000\n');
    expect(s6.promise(chosen).budget).toEqual({ restarts: 2, withinMs: 60_000, thenState: 'failed' });
    expect(s6.promise(chosen).stopTimeoutMs).toBe(8_000);
  });

  it.each([
    ['up (pid 14) 3 seconds\n', 'running', 14, 'up'],
    ['up (pid 14 pgid 14) 3 seconds', 'running', 14, 'up'],
    ['up (pid 14) 3 seconds, want down', 'stopping', 14, 'up, want down'],
    ['down (signal SIGKILL) 0 seconds, normally up, want up, ready 0 seconds', 'starting', null, 'down, want up'],
    ['down (signal SIGKILL) 1 seconds, normally up, ready 1 seconds', 'failed', null, 'down'],
    [
      's6-svstat: fatal: : unable to read status for /etc/s6/web: s6-supervise not running',
      'unreachable',
      null,
      's6-supervise not running',
    ],
    ['', 'unreachable', null, 'no answer'],
  ])('%s', (text, state, trackedPid, word) => {
    expect(statusOfS6(text)).toEqual({ state, trackedPid, word, raw: text.trim() });
  });

  it('has a meaning for what it answers, and for what its programs complain about', () => {
    const actionOf = (line: string) => s6.meaningOf(line)?.action;
    const permanent = 'PERMANENT FAILURE triggered after 3 events involving signal 9 in the last 60 seconds';
    expect(actionOf(`s6-permafailon: info: ${permanent}`)).toBe('gave-up');
    expect(actionOf('s6-supervise web: warning: unable to spawn ./run - waiting 10 seconds')).toBe('configuration');
    expect(actionOf('s6-supervise web (child): fatal: unable to exec run: No such file')).toBe('configuration');
    expect(actionOf('down (signal SIGKILL) 0 seconds, normally up, want up, ready 0 seconds')).toBe('noticed-exit');
    expect(actionOf('up (pid 40) 0 seconds')).toBe('start');
  });

  it('knows s6-supervise by its command line, and does not take s6-svscan for it', () => {
    expect(s6.isSupervisor({ pid: 9, command: 's6-supervise web' }, s6.options.parse({}))).toBe(true);
    expect(s6.isSupervisor({ pid: 8, command: 's6-svscan /etc/s6' }, s6.options.parse({}))).toBe(false);
  });
});
