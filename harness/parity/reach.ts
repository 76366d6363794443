// What of an environment reaches a process: argv, environment, directory, user, limits, the texts of unit, pill and
// configuration, the image, and what the supervisor promises. Flat entries to compare; pure, secrets hashed or masked.
import { formatMs } from '../core/units.js';
import { hideEnv, maskArgv } from '../observe/agent/secrets.js';
import type { OwnNode } from '../plan/node-spec.js';
import type { RestartPromise } from '../plan/promise.js';
import type { Assembly } from '../tier/assembly.js';
import type { FileSpec } from '../tier/runtime/runtime.js';
import type { Service } from '../tier/service.js';

/** One thing about a node: where it is found and what it is. */
export interface Reach {
  readonly path: string;
  readonly value: string;
  /** The lines of a text; `value` then only says how long it is. */
  readonly lines?: readonly string[];
}

/** One comparison's key: hashes mean nothing beyond it. */
const HASH_KEY = 'parity';

export function reachOf(assembly: Assembly): readonly Reach[] {
  if (assembly.own) return reachOfOwn(assembly, assembly.own);
  const { service, supervisor, supervisorOptions, image } = assembly;
  const recipe = supervisor.recipe(service, supervisorOptions);
  const hidden = hideEnv(service.env, HASH_KEY);
  const one = (path: string, value: string): Reach => ({ path, value });
  return [
    one('argv', maskArgv(service.argv).join(' ')),
    ...Object.entries(hidden).map(([name, value]) => one(`environment ${name}`, value.replace(/^text:/, ''))),
    one('directory', service.cwd),
    one('user', service.user),
    one('open files', service.openFiles === undefined ? "the supervisor's default" : String(service.openFiles)),
    one('daemonizes', service.daemonizes ? 'yes' : 'no'),
    one('own pid file', service.pidFile ?? 'none'),
    one('stop', `SIG${service.stop.signal}`),
    one('listener', `port ${service.port}`),
    one('image', image),
    one('PID 1 of the node', recipe.container.command.join(' ')),
    ...promiseWords(supervisor.promise(supervisorOptions)),
    ...texts([...service.files, ...recipe.files], service),
  ];
}

/** Of a user's own node: what was said about it. What is in its image tells `--live`. */
function reachOfOwn({ service, supervisor, supervisorOptions }: Assembly, own: OwnNode): readonly Reach[] {
  const { source, mounts } = own;
  const one = (path: string, value: string): Reach => ({ path, value });
  return [
    one('image', source.kind === 'image' ? source.image : `built from ${source.folder} (${source.dockerfile})`),
    ...Object.entries(source.kind === 'build' ? hideEnv(source.args, HASH_KEY) : {}).map(([name, value]) =>
      one(`build argument ${name}`, value.replace(/^text:/, '')),
    ),
    ...Object.entries(hideEnv(service.env, HASH_KEY)).map(([name, value]) =>
      one(`environment ${name}`, value.replace(/^text:/, '')),
    ),
    one('command', own.command ? maskArgv(own.command).join(' ') : "the image's own"),
    ...mounts.map(({ from, to }) => one(to, `mounted from ${from}`)),
    one('memory', own.memoryBytes === undefined ? 'not limited' : `${own.memoryBytes} bytes`),
    one('processors', own.cpus === undefined ? 'not limited' : String(own.cpus)),
    one('stop', `SIG${service.stop.signal}`),
    one('listener', `port ${service.port}`),
    ...promiseWords(supervisor.promise(supervisorOptions)),
  ];
}

function promiseWords(promise: RestartPromise): readonly Reach[] {
  const { budget, restartDelayMs, restartDelayGrowsToMs, stopTimeoutMs } = promise;
  const grows = restartDelayGrowsToMs === undefined ? '' : `, growing to ${formatMs(restartDelayGrowsToMs)}`;
  const words: Readonly<Record<string, string>> = {
    'restarts after': promise.restartsAfter.join(', ') || 'nothing',
    'restart delay': `${formatMs(restartDelayMs)}${grows}`,
    'notices within': formatMs(promise.noticeMs),
    'gives up': budget
      ? `after ${budget.restarts} restarts within ${formatMs(budget.withinMs)} (${budget.thenState})`
      : 'never',
    'kills a slow stop': stopTimeoutMs === undefined ? 'never' : `after ${formatMs(stopTimeoutMs)}`,
    'follows in place': promise.followsInPlace === 'pid-file' ? 'by the pid file' : 'the same pid only',
    policies: promise.policies.map(({ name, limit }) => `${name} (${limit})`).join(', ') || 'none',
  };
  return Object.entries(words).map(([name, value]) => ({ path: `supervisor ${name}`, value }));
}

function texts(files: readonly FileSpec[], service: Service): readonly Reach[] {
  return files.flatMap((file) => {
    if (file.linkTo !== undefined) return [{ path: file.path, value: `link to ${file.linkTo}` }];
    if (file.content === undefined) return [];
    const lines = clean(file.content, service);
    return [{ path: file.path, value: `${lines.length} lines`, lines }];
  });
}

/** Without blank lines; values of variables that are hidden elsewhere are hidden here too. */
function clean(content: string, { env }: Service): readonly string[] {
  const hidden = Object.entries(hideEnv(env, HASH_KEY)).filter(([, value]) => value.startsWith('hash:'));
  return content
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const secrets = hidden.filter(([name]) => line.includes(name));
      const bare = secrets.reduce((text, [name, hash]) => hide(text, env[name] ?? '', hash), line);
      return maskArgv([bare])[0] ?? '';
    });
}

/** As it is, and as a unit or a pill escapes it. */
function hide(line: string, value: string, hash: string): string {
  const escaped = [value, value.replaceAll('\\', '\\\\').replaceAll('"', '\\"'), value.replaceAll("'", "\\'")];
  return escaped.reduce((text, form) => (form === '' ? text : text.replaceAll(form, hash)), line);
}
