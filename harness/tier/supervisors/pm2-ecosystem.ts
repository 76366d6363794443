// The ecosystem file: pm2's configuration of one process, made from a service (docs of pm2, "Ecosystem File"). Values are
// never repaired here; what the scenario leaves at pm2's default stays out of the file.
import { HarnessError } from '../../core/errors.js';
import type { FileSpec } from '../runtime/runtime.js';
import type { Service } from '../service.js';
import type { Pm2Options } from './pm2.js';

export const NAME = 'web';
export const ECOSYSTEM = '/etc/shop/ecosystem.json';
export const HOME = '/var/lib/pm2';
const CLUSTER_LOGS = '/var/log/pm2';

/** pm2's own, from lib/God.js and constants.js of 7.0.3. */
export const DEFAULTS = {
  maxRestarts: 16,
  minUptimeMs: 1_000,
  killTimeoutMs: 1_600,
  workerIntervalMs: 30_000,
} as const;

export function ecosystemText(service: Service, chosen: Pm2Options): string {
  const changed = <T>(name: string, value: T, own: T): Readonly<Record<string, T>> =>
    value === own ? {} : { [name]: value };
  const app = {
    name: chosen.name,
    ...whatToRun(service, chosen),
    cwd: service.cwd,
    uid: service.user,
    env: service.env,
    ...changed('autorestart', chosen.autorestart, true),
    ...changed('max_restarts', chosen.maxRestarts, DEFAULTS.maxRestarts),
    ...changed('min_uptime', chosen.minUptime, DEFAULTS.minUptimeMs),
    // Given at all, and be it 0, it changes pm2's words: a process that it has given up is `waiting restart` then.
    ...changed('restart_delay', chosen.restartDelay, 0),
    ...changed('exp_backoff_restart_delay', chosen.expBackoff, undefined),
    ...changed('kill_timeout', chosen.killTimeout, DEFAULTS.killTimeoutMs),
    ...changed('treekill', chosen.treekill, true),
    ...(chosen.stopExitCodes.length === 0 ? {} : { stop_exit_codes: chosen.stopExitCodes }),
    ...changed('max_memory_restart', chosen.maxMemoryRestart, undefined),
  };
  return `${JSON.stringify({ apps: [app] }, null, 2)}\n`;
}

function whatToRun(service: Service, { execMode }: Pm2Options): Readonly<Record<string, unknown>> {
  // pm2 has no setting for limits; prlimit(1) sets it and executes the server in its own place.
  const limited = service.openFiles === undefined ? [] : [`--nofile=${service.openFiles}:${service.openFiles}`];
  if (execMode === 'cluster') return inCluster(service, limited.length > 0);
  const [script, ...args] = limited.length > 0 ? ['/usr/bin/prlimit', ...limited, ...service.argv] : service.argv;
  return { script, args, interpreter: 'none', exec_mode: 'fork' };
}

/** pm2 loads the script into a worker of its own cluster: there is no command line to put anything in front of. */
function inCluster({ argv, name }: Service, isLimited: boolean): Readonly<Record<string, unknown>> {
  const [program = '', script, ...args] = argv;
  if (!program.endsWith('/node') || isLimited)
    throw new HarnessError(
      'invalid',
      isLimited
        ? `pm2 cannot set the limit of open files of ${name} in cluster mode`
        : `pm2's cluster mode runs programs of Node.js only, and ${name} is ${program}`,
      { hint: "give the supervisor execMode: 'fork'" },
    );
  const log = (stream: string): string => `${CLUSTER_LOGS}/${name}-${stream}.log`;
  return { script, args, exec_mode: 'cluster', instances: 1, out_file: log('out'), error_file: log('error') };
}

/** In cluster mode the service opens its logs itself, as its user, who may not write into the folder of the daemon. */
export function logFolders({ execMode }: Pm2Options): readonly FileSpec[] {
  return execMode === 'cluster' ? [{ path: CLUSTER_LOGS, directory: true, mode: 0o777 }] : [];
}

/** What the daemon and each call of pm2 find in their environment; the service inherits it. */
export function pm2Env(service: Service, chosen: Pm2Options): Readonly<Record<string, string>> {
  return {
    PM2_HOME: HOME,
    PM2_KILL_SIGNAL: `SIG${chosen.killSignal ?? service.stop.signal}`,
    ...(chosen.workerInterval === DEFAULTS.workerIntervalMs
      ? {}
      : { PM2_WORKER_INTERVAL: String(chosen.workerInterval) }),
    PM2_DISABLE_VERSION_CHECK: 'true',
  };
}
