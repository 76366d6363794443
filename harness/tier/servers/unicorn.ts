// unicorn: one master that forks workers. It can put itself into the background (-D), refuses a live pid in its pid
// file, re-executes on USR2 with its original arguments and drains on QUIT (its SIGNALS document).
import { z } from 'zod';
import type { Server } from '../plugins.js';
import { command } from './command.js';

const CONFIG = '/etc/shop/unicorn.rb';
const PID_FILE = '/var/lib/shop/unicorn.pid';

const options = z.strictObject({
  /** -D. Absent: what the supervisor's way of tracking needs. An explicit value is never repaired. */
  daemonize: z.boolean().optional(),
  /** False: it writes no pid file. Absent: it does, whatever supervises it. */
  ownPidFile: z.boolean().optional(),
  workers: z.int().min(1).default(4),
  timeoutSeconds: z.int().min(1).default(60),
  preload: z.boolean().default(false),
  port: z.int().min(1).max(65_535).default(8080),
});
type Options = z.infer<typeof options>;

function config({ workers, timeoutSeconds, preload, port, ownPidFile }: Options, cwd: string): string {
  return [
    `worker_processes ${workers}`,
    `listen '0.0.0.0:${port}', tcp_nopush: false`,
    ...(ownPidFile === false ? [] : [`pid '${PID_FILE}'`]),
    `timeout ${timeoutSeconds}`,
    `preload_app ${preload}`,
    `working_directory '${cwd}'`,
    '',
  ].join('\n');
}

export const unicorn: Server<Options> = {
  name: 'unicorn',
  summary: 'unicorn 6: a master and forked workers; can daemonize, hot restart by USR2',
  options,
  platform: 'rack',
  image: 'node-ruby',
  // Its SIGNALS document: USR2 starts a new master beside the old one, which gets QUIT once the new one serves; HUP reads
  // the configuration again and replaces the workers.
  paths: () => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    { name: 'kill-worker', subject: 'worker', expects: 'replaced' },
    { name: 'in-place', subject: 'master', expects: 'replaced', signal: { name: 'USR2', thenOld: 'QUIT' } },
    { name: 'reload', subject: 'workers', expects: 'replaced', signal: { name: 'HUP' } },
  ],
  // Measured: after USR2 the master carries what its first start put into the environment.
  volatileEnv: ['UNICORN_FD', 'GEM_HOME', 'PWD', 'OLDPWD', 'SHLVL', '_'],
  // Its workers hold a pipe to their master and see its end at once when idle (60 ms measured), else after their request.
  patienceMs: 5_000,
  workers: ({ workers }) => workers,

  service(chosen, context) {
    const daemonizes = chosen.daemonize ?? context.suggests.daemonize;
    const argv = [
      '/usr/bin/unicorn',
      ...(daemonizes ? ['-D'] : []),
      '-E',
      'production',
      '-c',
      CONFIG,
      `${context.app.cwd}/config.ru`,
    ];
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
      // lib/unicorn/http_server.rb: "Already running on PID".
      ...(chosen.ownPidFile === false ? {} : { pidFile: PID_FILE, refusesLivePidFile: true }),
      stop: { signal: 'QUIT', graceMs: 10_000 },
      ...(context.openFiles === undefined ? {} : { openFiles: context.openFiles }),
      files: [...context.app.files, { path: CONFIG, content: config(chosen, context.app.cwd) }],
      runningTitle: `unicorn master ${argv.slice(1).join(' ')}`,
    };
  },
};
