// supervisord's configuration, promises and words, on lines that version 4.2.5 really wrote.
import { describe, expect, it } from 'vitest';
import { confFiles } from '../../../../harness/tier/supervisors/supervisord-conf.js';
import { statusAfter, statusOf, supervisord } from '../../../../harness/tier/supervisors/supervisord.js';
import { service } from './service.js';

const filesOf = (options: unknown, changed: Partial<typeof service> = {}): readonly string[] =>
  confFiles({ ...service, ...changed }, supervisord.options.parse(options)).map(({ content = '' }) => content);
const linesOf = (...given: Parameters<typeof filesOf>): readonly string[] => (filesOf(...given)[0] ?? '').split('\n');

describe('the configuration', () => {
  it('doubles per cent signs, and quotes as its two parsers want it', () => {
    const lines = linesOf({}, { env: { A: `it's 50 %, of $HOME \\ more`, B: '' } });
    expect(lines).toContain(String.raw`environment=A="it's 50 %%, of $HOME \ more",B=""`);
    expect(lines).toContain(`command=/usr/bin/unicorn -c '/etc/shop/my unicorn.rb' /opt/shop/config.ru`);
  });

  it.each([`both ' and "`, `'quoted'`, 'before ;a comment', 'before #another', 'two\nlines', 'naïve'])(
    'leaves to a start script what it cannot carry: %j',
    (value) => {
      const [conf = '', script = ''] = filesOf({}, { env: { PLAIN: 'x', ODD: value } });
      expect(conf).toContain('environment=PLAIN="x"\n');
      expect(conf).toContain('command=/etc/supervisor/start-web\n');
      expect(script).toContain(`export ODD='${value.replaceAll("'", String.raw`'\''`)}'\n`);
      expect(script).toContain(`\nexec /usr/bin/unicorn -c '/etc/shop/my unicorn.rb' /opt/shop/config.ru\n`);
      expect(script).not.toContain('PLAIN');
    },
  );

  it('has the defaults of supervisord, and the user, directory, stop signal and limit of the service', () => {
    const lines = linesOf({}, { openFiles: 512, env: {} });
    for (const line of [
      'startsecs=1',
      'startretries=3',
      'autorestart=unexpected',
      'exitcodes=0',
      'stopwaitsecs=10',
      'stopasgroup=false',
      'killasgroup=false',
      'user=www-data',
      'directory=/opt/shop',
      'stopsignal=QUIT',
    ])
      expect(lines).toContain(line);
    expect(lines.find((line) => line.startsWith('command='))).toMatch(/^command=\/usr\/bin\/prlimit --nofile=512:512 /);
  });

  it('kills the group where it stops the group, and refuses what supervisord refuses', () => {
    expect(linesOf({ stopasgroup: true })).toContain('killasgroup=true');
    expect(supervisord.options.safeParse({ stopasgroup: true, killasgroup: false }).success).toBe(false);
    expect(supervisord.options.safeParse({ autorestart: 'always' }).success).toBe(false);
  });
});

describe('promise', () => {
  const promiseOf = (options: unknown) => supervisord.promise(supervisord.options.parse(options));

  it('restarts by the exit code, and an end by a signal has none', () => {
    expect(promiseOf({}).restartsAfter).toEqual(['signal', 'error']);
    expect(promiseOf({ exitcodes: [3] }).restartsAfter).toContain('clean-exit');
    expect(promiseOf({ autorestart: true }).restartsAfter).toContain('clean-exit');
    expect(promiseOf({ autorestart: false })).toMatchObject({ restartsAfter: [] });
  });

  it('gives up after so many retries of starts that fail; without startsecs or autorestart never', () => {
    expect(promiseOf({}).budget).toMatchObject({ restarts: 3, thenState: 'failed', youngerThanMs: 1_000 });
    expect(promiseOf({ startsecs: 0 }).budget).toBeUndefined();
    expect(promiseOf({ autorestart: false }).budget).toBeUndefined();
  });
});

describe('its words', () => {
  it.each([
    ['RUNNING 89 pid 89, uptime 0:00:05', 'running', 89, 'RUNNING'],
    ['STARTING 20 ', 'starting', 20, 'STARTING'],
    ['BACKOFF 0 Exited too quickly (process log may have details)', 'starting', null, 'BACKOFF'],
    ['EXITED 0 Jan 05 10:00 AM', 'stopped', null, 'EXITED'],
    ['FATAL 0 Exited too quickly (process log may have details)', 'failed', null, 'FATAL'],
    ['unreachable 0 FileNotFoundError: [Errno 2] No such file or directory', 'unreachable', null, 'unreachable'],
    ['', 'unreachable', null, 'unreachable'],
  ])('%s', (text, state, trackedPid, word) => {
    expect(statusOf(text)).toMatchObject({ state, trackedPid, word });
  });

  it('follows its log: an end is EXITED of a server that ran, BACKOFF of one that did not stay up', () => {
    const lines = [
      'exited: web (terminated by SIGKILL; not expected)',
      "spawned: 'web' with pid 59",
      'exited: web (exit status 1; not expected)',
      "spawned: 'web' with pid 60",
      'success: web entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
      'waiting for web to stop',
      'stopped: web (exit status 0)',
      'gave up: web entered FATAL state, too many start retries too quickly',
    ];
    let status = statusOf('RUNNING 12 pid 12, uptime 0:00:05');
    const told = lines.map((line) => {
      status = statusAfter(status, line) ?? status;
      return `${status.word} ${status.trackedPid ?? '-'}`;
    });
    expect(told).toEqual([
      'EXITED -',
      'STARTING 59',
      'BACKOFF -',
      'STARTING 60',
      'RUNNING 60',
      'STOPPING 60',
      'STOPPED -',
      'FATAL -',
    ]);
    expect(statusAfter(status, 'reaped unknown pid 71 (terminated by SIGKILL)')).toBeUndefined();
  });

  it.each([
    ["spawned: 'web' with pid 59", 'start'],
    ['exited: web (terminated by SIGKILL; not expected)', 'noticed-exit'],
    ['waiting for web to stop', 'stop'],
    ['stopped: web (exit status 0)', 'stop'],
    ["killing 'web' (89) with SIGKILL", 'stop'],
    ['gave up: web entered FATAL state, too many start retries too quickly', 'gave-up'],
    ["spawnerr: can't find command '/usr/bin/nothing'", 'configuration'],
  ])('%s', (line, action) => {
    expect(supervisord.meaningOf(line)?.action).toBe(action);
  });
});

describe('its own process', () => {
  it.each([
    ['/usr/bin/python3 /usr/bin/supervisord -c /etc/supervisor/supervisord.conf', true],
    ['/usr/bin/python3 /usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart web', false],
    ['python3 -c # What supervisord says', false],
  ])('%s', (command, isIt) => {
    expect(supervisord.isSupervisor({ pid: 13, command }, supervisord.options.parse({}))).toBe(isIt);
  });
});
