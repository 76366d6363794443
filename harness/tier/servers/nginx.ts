// nginx 1.22 sending files: a master that binds and forks workers. A master that is killed leaves its workers serving and
// holding the port for good: whoever supervises it has to end the whole group. Facts: nginx.org/en/docs/control.html, and runs.
import { z } from 'zod';
import type { Server } from '../plugins.js';
import { command } from './command.js';

const CONFIG = '/etc/shop/nginx.conf';
const HOME = '/var/lib/shop';
const PID_FILE = `${HOME}/nginx.pid`;
/** Of a daemon: a pipe of the supervisor's would stay open in it. */
const DAEMON_LOG = '/var/log/shop/nginx.log';
/** Of idle connections, longer than the balancer's own. */
const KEEP_ALIVE_SECONDS = 65;
const GRACE_MS = 10_000;

const options = z.strictObject({
  workers: z.int().min(1).default(2),
  /** `daemon on|off`. Absent: what the supervisor's way of tracking needs. An explicit value is never repaired. */
  daemonize: z.boolean().optional(),
  port: z.int().min(1).max(65_535).default(8080),
});
type Options = z.infer<typeof options>;

/** No master of root: port and folders are such that the service's own user can have them. */
function config({ workers, port }: Options, root: string, daemonizes: boolean): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    `daemon ${daemonizes ? 'on' : 'off'};`,
    `worker_processes ${workers};`,
    `pid ${PID_FILE};`,
    'events { worker_connections 1024; }',
    'http {',
    '  access_log off;',
    '  types { }',
    '  default_type text/html;',
    `  keepalive_timeout ${KEEP_ALIVE_SECONDS}s;`,
    ...temporary.map((name) => `  ${name}_temp_path ${HOME}/nginx-${name};`),
    '  server {',
    `    listen 0.0.0.0:${port};`,
    `    root ${root};`,
    '    index index.html;',
    '    location = /health { default_type text/plain; }',
    '  }',
    '}',
    '',
  ].join('\n');
}

export const nginx: Server<Options> = {
  name: 'nginx',
  summary: 'nginx 1.22 sending files: a master and workers; a daemon unless told otherwise, hot restart by USR2',
  options,
  platform: 'files',
  image: 'node-web',
  // QUIT to the old master lets its workers end what they have begun. A master whose parent is still the one that
  // started it takes itself for a new binary that waits for its old one to leave, and ignores USR2
  // (src/os/unix/ngx_process.c): in the foreground there is no in-place restart.
  paths: ({ daemonize }, suggests) => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    { name: 'kill-worker', subject: 'worker', expects: 'replaced' },
    ...((daemonize ?? suggests?.daemonize ?? true)
      ? [
          {
            name: 'in-place',
            subject: 'master',
            expects: 'replaced',
            signal: { name: 'USR2', thenOld: 'QUIT' },
          } as const,
        ]
      : []),
    { name: 'reload', subject: 'workers', expects: 'replaced', signal: { name: 'HUP' } },
  ],
  // It keeps TZ and what its configuration names of its environment (core module, `env`), and writes its title over it.
  volatileEnv: ['*'],
  // Workers never look after their master: they end when they are told to, at once when idle, or never.
  // KillMode=mixed: the unit of Debian's package.
  packaged: { systemd: { killMode: 'mixed' } },
  patienceMs: 3_000,
  workers: ({ workers }) => workers,

  service(chosen, context) {
    const daemonizes = chosen.daemonize ?? context.suggests.daemonize;
    const argv = ['/usr/sbin/nginx', '-e', daemonizes ? DAEMON_LOG : 'stderr', '-c', CONFIG];
    return {
      name: 'web',
      argv: command(argv, context),
      env: { ...context.app.env, ...context.env },
      cwd: context.app.cwd,
      user: context.user,
      port: chosen.port,
      healthPath: context.app.healthPath,
      daemonizes,
      cannotDaemonize: false,
      pidFile: PID_FILE,
      removesAnyPidFile: true,
      hidesEnvironment: true,
      stop: { signal: 'QUIT', graceMs: GRACE_MS },
      ...(context.openFiles === undefined ? {} : { openFiles: context.openFiles }),
      files: [...context.app.files, { path: CONFIG, content: config(chosen, `${context.app.cwd}/public`, daemonizes) }],
      runningTitle: `nginx: master process ${argv.join(' ')}`,
    };
  },
};
