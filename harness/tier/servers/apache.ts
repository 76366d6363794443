// Apache 2.4 (mpm_event) sending files: a parent that binds and forks children with threads. It refuses to start over a
// pid file that names a living process; httpd.apache.org/docs/2.4/stopping.html, and runs.
import { z } from 'zod';
import type { Server } from '../plugins.js';
import { command } from './command.js';

const CONFIG = '/etc/shop/apache.conf';
const HOME = '/var/lib/shop';
const PID_FILE = `${HOME}/apache.pid`;
/** In the foreground too: standard error may be a socket, which cannot be opened by name. */
const LOG = '/var/log/shop/apache.log';
const THREADS = 25;
/** Children that end gracefully keep their place in the table until they have. */
const PLACES_PER_WORKER = 4;
/** Of idle connections, longer than the balancer's own. */
const KEEP_ALIVE_SECONDS = 65;
const GRACE_MS = 10_000;

const options = z.strictObject({
  workers: z.int().min(1).default(2),
  /** False: -DFOREGROUND. Absent: what the supervisor's way of tracking needs. An explicit value is never repaired. */
  daemonize: z.boolean().optional(),
  port: z.int().min(1).max(65_535).default(8080),
});
type Options = z.infer<typeof options>;

function config({ workers, port }: Options, root: string): string {
  return [
    `ServerRoot ${HOME}`,
    'ServerName localhost',
    `DefaultRuntimeDir ${HOME}`,
    `PidFile ${PID_FILE}`,
    `ErrorLog ${LOG}`,
    `Mutex file:${HOME} default`,
    `Listen 0.0.0.0:${port}`,
    'LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so',
    // Without it every request ends in "couldn't check user".
    'LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so',
    'LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so',
    `StartServers ${workers}`,
    `ServerLimit ${workers * PLACES_PER_WORKER}`,
    `ThreadsPerChild ${THREADS}`,
    // As many spare threads as there are: it neither adds children nor ends idle ones.
    `MaxRequestWorkers ${workers * THREADS}`,
    'MinSpareThreads 1',
    `MaxSpareThreads ${workers * THREADS}`,
    `KeepAliveTimeout ${KEEP_ALIVE_SECONDS}`,
    'MaxKeepAliveRequests 0',
    `DocumentRoot ${root}`,
    'DirectoryIndex index.html',
    `<Directory ${root}>`,
    '  Require all granted',
    '  AllowOverride None',
    '  ForceType text/html',
    '  <Files health>',
    '    ForceType text/plain',
    '  </Files>',
    '</Directory>',
    '',
  ].join('\n');
}

export const apache: Server<Options> = {
  name: 'apache',
  summary: 'Apache 2.4 (event) sending files: a parent and children with threads; a daemon unless told otherwise',
  options,
  platform: 'files',
  image: 'node-web',
  // USR1: it reads its configuration again and replaces each child when that has nothing to do. There is no hot restart.
  paths: () => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    { name: 'kill-worker', subject: 'worker', expects: 'replaced' },
    { name: 'reload', subject: 'workers', expects: 'replaced', signal: { name: 'USR1' } },
  ],
  volatileEnv: ['PWD', 'OLDPWD', 'SHLVL', '_'],
  // Children never look after their parent. Those of mpm_event do not end of TERM either once it is gone, only of KILL:
  // under systemd they serve on, and keep the port, for all of TimeoutStopSec= unless the unit has KillMode=mixed (Debian's).
  // KillMode=mixed: the unit of Debian's package.
  packaged: { systemd: { killMode: 'mixed' } },
  patienceMs: 3_000,
  workers: ({ workers }) => workers,

  service(chosen, context) {
    const daemonizes = chosen.daemonize ?? context.suggests.daemonize;
    const argv = ['/usr/sbin/apache2', '-f', CONFIG, ...(daemonizes ? [] : ['-DFOREGROUND'])];
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
      stop: { signal: 'TERM', graceMs: GRACE_MS },
      ...(context.openFiles === undefined ? {} : { openFiles: context.openFiles }),
      files: [...context.app.files, { path: CONFIG, content: config(chosen, `${context.app.cwd}/public`) }],
      runningTitle: argv.join(' '),
    };
  },
};
