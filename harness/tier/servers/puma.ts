// puma 5: one process with threads, or a cluster of workers. It cannot daemonize since 5.0 and removes its pid file at
// exit without looking at the content (notes on supervisors, F).
import { z } from 'zod';
import type { Server } from '../plugins.js';
import { command } from './command.js';

const CONFIG = '/etc/shop/puma.rb';
const PID_FILE = '/var/lib/shop/puma.pid';

const options = z.strictObject({
  /** 0: one process; n: a cluster. */
  workers: z.int().min(0).default(0),
  threads: z.int().min(1).default(8),
  /** Write a pid file of its own. Absent: what the supervisor's way of tracking needs. */
  ownPidFile: z.boolean().optional(),
  port: z.int().min(1).max(65_535).default(8080),
});
type Options = z.infer<typeof options>;

function config({ workers, threads, port }: Options, cwd: string, ownPidFile: boolean): string {
  return [
    `bind 'tcp://0.0.0.0:${port}'`,
    `threads ${threads}, ${threads}`,
    `workers ${workers}`,
    `directory '${cwd}'`,
    `rackup '${cwd}/config.ru'`,
    "environment 'production'",
    ...(ownPidFile ? [`pidfile '${PID_FILE}'`] : []),
    '',
  ].join('\n');
}

export const puma: Server<Options> = {
  name: 'puma',
  summary: 'puma 5: threads in one process or a cluster; foreground only',
  options,
  platform: 'rack',
  image: 'node-ruby',
  // puma's docs/signals.md and docs/restart.md: USR2 executes itself anew under the same pid, USR1 replaces the workers of
  // a cluster one by one; HUP reopens logs and restarts nothing.
  paths: ({ workers }) => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    ...(workers > 0 ? [{ name: 'kill-worker', subject: 'worker', expects: 'replaced' } as const] : []),
    { name: 'in-place', subject: 'master', expects: 're-executed', signal: { name: 'USR2' } },
    ...(workers > 0
      ? [{ name: 'phased', subject: 'workers', expects: 'replaced', signal: { name: 'USR1' } } as const]
      : []),
  ],
  volatileEnv: ['PUMA_INHERIT_*', 'RACK_ENV', 'RAILS_ENV', 'GEM_HOME', 'PWD', 'OLDPWD', 'SHLVL', '_'],
  // Its plugin for systemd, of itself where NOTIFY_SOCKET is set: the master says both.
  tellsSystemd: 'alive',
  // Workers of a cluster find out at their next ping to the master, every 5 s.
  patienceMs: 15_000,
  workers: ({ workers }) => workers,

  service(chosen, context) {
    const ownPidFile = chosen.ownPidFile ?? context.suggests.ownPidFile;
    return {
      name: 'web',
      argv: command(['/usr/bin/puma', '-C', CONFIG], context),
      env: { ...context.app.env, ...context.env },
      cwd: context.app.cwd,
      user: context.user,
      port: chosen.port,
      healthPath: context.app.healthPath,
      daemonizes: false,
      cannotDaemonize: true,
      ...(ownPidFile ? { pidFile: PID_FILE, removesAnyPidFile: true } : {}),
      stop: { signal: 'TERM', graceMs: 10_000 },
      ...(context.openFiles === undefined ? {} : { openFiles: context.openFiles }),
      files: [...context.app.files, { path: CONFIG, content: config(chosen, context.app.cwd, ownPidFile) }],
      runningTitle: null,
    };
  },
};
