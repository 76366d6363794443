// A node of the user's own, as boot and observers see it: a service of which only port, health path and stop signal are
// known, and a container that runs what its image says.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import type { FurtherService, NodeSpec, OwnMount, OwnNode } from '../plan/node-spec.js';
import type { OwnContainer } from './plugins.js';
import type { ContainerSpec, FileSpec, OwnImage } from './runtime/runtime.js';
import type { Service } from './service.js';

export function ownService(own: OwnNode, { env, openFiles }: Pick<NodeSpec, 'env' | 'openFiles'>): Service {
  return {
    name: 'own',
    argv: [],
    env,
    cwd: '',
    user: '',
    port: own.port,
    healthPath: own.healthPath,
    daemonizes: false,
    cannotDaemonize: false,
    stop: own.stop,
    ...(openFiles === undefined ? {} : { openFiles }),
    files: [],
    runningTitle: null,
    hidesEnvironment: 'perhaps',
    isOwn: true,
  };
}

/** A service beside the one that the balancer reaches; of it, too, nothing is configured. */
export function furtherService(main: Service, { name, listens, stop }: FurtherService): Service {
  const asked = listens.kind === 'port' ? listens : { port: 0, healthPath: '' };
  return { ...main, name, port: asked.port, healthPath: asked.healthPath, listens, stop };
}

/** What is mounted, read anew for each run: each node gets a copy, so that nothing that it writes reaches this machine. */
export function mountedFiles(mounts: readonly OwnMount[]): readonly FileSpec[] {
  return mounts.flatMap(({ from, to }) => {
    try {
      return filesAt(resolve(from), to);
    } catch (error) {
      throw new HarnessError('invalid', `mount ${from}: ${messageOf(error)}`, {
        hint: 'paths of mounts count from the folder of the scenario',
        cause: error,
      });
    }
  });
}

function filesAt(from: string, to: string): readonly FileSpec[] {
  const one = (path: string, target: string): FileSpec => ({
    path: target,
    bytes: readFileSync(path),
    mode: statSync(path).mode & 0o777,
  });
  if (!statSync(from).isDirectory()) return [one(from, to)];
  return readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(from, path)).isFile())
    .map((path) => one(join(from, path), `${to.replace(/\/$/, '')}/${path.split(sep).join('/')}`));
}

const INIT = ['/sbin/init'];

/** Does the image, or the command given, start an init system? */
export function isInit({ command }: OwnNode, image: OwnImage): boolean {
  const whole = [...image.entrypoint, ...(command ?? image.command)];
  return /(^|\/)(systemd|init)$/.test(whole.at(-1) ?? '');
}

/** How a node's container is made from the user's image; with systemd something has to start it where the image does not. */
export function ownContainer(
  own: OwnNode,
  image: OwnImage,
  service: Service,
  needs: OwnContainer,
): Omit<ContainerSpec, 'name'> {
  const starts = needs.systemd === true && !own.command && !isInit(own, image) ? { entrypoint: [], command: INIT } : {};
  return {
    image: image.tag,
    ...(own.command ? { command: own.command } : {}),
    ...starts,
    env: service.env,
    files: mountedFiles(own.mounts),
    publish: [
      own.port,
      ...(own.services ?? []).flatMap(({ listens }) => (listens.kind === 'port' ? listens.port : [])),
    ],
    systemd: false,
    init: false,
    stopSignal: own.stop.signal,
    ...(service.openFiles === undefined ? {} : { openFiles: service.openFiles }),
    ...(own.memoryBytes === undefined ? {} : { memoryBytes: own.memoryBytes }),
    ...(own.cpus === undefined ? {} : { cpus: own.cpus }),
    ...needs,
  };
}
