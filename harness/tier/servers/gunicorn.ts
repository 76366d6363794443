// gunicorn 20: an arbiter that forks workers. It can put itself into the background (-D, which its own documents advise
// against under a supervisor), refuses a live pid in its pid file and removes only its own; docs: signals, settings.
import { z } from 'zod';
import type { Server } from '../plugins.js';
import { command } from './command.js';

const CONFIG = '/etc/shop/gunicorn.conf.py';
const PID_FILE = '/var/lib/shop/gunicorn.pid';
/** Of idle connections to a worker with threads, longer than the balancer's own; sync workers keep none. */
const KEEP_ALIVE_SECONDS = 65;

const options = z.strictObject({
  workers: z.int().min(1).default(4),
  /** `sync`: one request at a time in each worker. `gthread`: so many as it has threads. */
  workerClass: z.enum(['sync', 'gthread']).default('sync'),
  threads: z.int().min(1).default(1),
  /** -D. Absent: what the supervisor's way of tracking needs. An explicit value is never repaired. */
  daemonize: z.boolean().optional(),
  /** Absent: it writes a pid file where it daemonizes. */
  ownPidFile: z.boolean().optional(),
  /** A worker that gives no sign of life for so long is killed by its master. */
  timeoutSeconds: z.int().min(1).default(30),
  gracefulTimeoutSeconds: z.int().min(1).default(30),
  preload: z.boolean().default(false),
  /** A worker leaves after so many requests; 0: never. */
  maxRequests: z.int().min(0).default(0),
  port: z.int().min(1).max(65_535).default(8080),
});
type Options = z.infer<typeof options>;

function config(chosen: Options, cwd: string, ownPidFile: boolean): string {
  return [
    `bind = '0.0.0.0:${chosen.port}'`,
    `workers = ${chosen.workers}`,
    `worker_class = '${chosen.workerClass}'`,
    `threads = ${chosen.threads}`,
    `timeout = ${chosen.timeoutSeconds}`,
    `graceful_timeout = ${chosen.gracefulTimeoutSeconds}`,
    `keepalive = ${KEEP_ALIVE_SECONDS}`,
    `preload_app = ${chosen.preload ? 'True' : 'False'}`,
    `max_requests = ${chosen.maxRequests}`,
    `chdir = '${cwd}'`,
    ...(ownPidFile ? [`pidfile = '${PID_FILE}'`] : []),
    '',
  ].join('\n');
}

export const gunicorn: Server<Options> = {
  name: 'gunicorn',
  summary: 'gunicorn 20: a master and forked Python workers; can daemonize, hot restart by USR2',
  options,
  platform: 'wsgi',
  image: 'node-python',
  // Its document on signals: USR2 starts a new master beside the old one, which gets TERM once the new one serves (QUIT
  // would drop requests in flight); HUP reads the configuration again and replaces the workers.
  paths: () => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    { name: 'kill-worker', subject: 'worker', expects: 'replaced' },
    { name: 'in-place', subject: 'master', expects: 'replaced', signal: { name: 'USR2', thenOld: 'TERM' } },
    { name: 'reload', subject: 'workers', expects: 'replaced', signal: { name: 'HUP' } },
  ],
  volatileEnv: ['GUNICORN_PID', 'GUNICORN_FD', 'LISTEN_*', 'SERVER_SOFTWARE', 'PWD', 'OLDPWD', 'SHLVL', '_'],
  // gunicorn/systemd.py: READY=1 by the arbiter, and no WATCHDOG=1.
  tellsSystemd: 'ready',
  // Its idle sync workers look at their parent between two waits of up to a third of the time-out: 9.5..10.3 s measured.
  patienceMs: 15_000,
  workers: ({ workers }) => workers,

  service(chosen, context) {
    const daemonizes = chosen.daemonize ?? context.suggests.daemonize;
    const ownPidFile = chosen.ownPidFile ?? (daemonizes || context.suggests.ownPidFile);
    const argv = ['/usr/bin/gunicorn', ...(daemonizes ? ['-D'] : []), '-c', CONFIG, 'shop:application'];
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
      ...(ownPidFile ? { pidFile: PID_FILE } : {}),
      stop: { signal: 'TERM', graceMs: chosen.gracefulTimeoutSeconds * 1000 },
      ...(context.openFiles === undefined ? {} : { openFiles: context.openFiles }),
      files: [...context.app.files, { path: CONFIG, content: config(chosen, context.app.cwd, ownPidFile) }],
      // Without setproctitle it keeps the command line of its interpreter.
      runningTitle: ['/usr/bin/python3', ...argv].join(' '),
    };
  },
};
