// Which engine: DOCKER_HOST, else the docker client's context, else the default sockets, as the docker client has it.
// The runtime, doctor and the bootstrap ask here; nothing is ever changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DockerOptions } from 'dockerode';
import { HarnessError } from '../../core/errors.js';

export interface Endpoint {
  /** 'DOCKER_HOST', "context 'desktop-linux'", 'default socket'. */
  readonly from: string;
  /** As a URL, for messages. */
  readonly url: string;
  readonly options: DockerOptions;
  /** Where published ports are reached, when the engine is on another machine (or in another container); else null. */
  readonly remoteHost: string | null;
}

type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_SOCKET = '/var/run/docker.sock';

export function findEndpoint(env: Env = process.env): Endpoint {
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const certificates = env['DOCKER_CERT_PATH'] ?? join(homedir(), '.docker');
    const tls = (env['DOCKER_TLS_VERIFY'] ?? '') !== '' ? readTls(certificates) : {};
    return endpointOf('DOCKER_HOST', host, tls);
  }
  return fromContext(env) ?? defaultSocket(env);
}

/** docker-context(1): the name is in DOCKER_CONTEXT or config.json; its data below the hash of the name. */
function fromContext(env: Env): Endpoint | undefined {
  const config = env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const current = readJson(join(config, 'config.json')) as { currentContext?: string } | undefined;
  const name = env['DOCKER_CONTEXT'] ?? current?.currentContext ?? '';
  if (name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const meta = readJson(join(config, 'contexts', 'meta', id, 'meta.json')) as
    { Endpoints?: { docker?: { Host?: string } } } | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  if (host === undefined) {
    throw new HarnessError('cannot-run-here', `docker context '${name}' does not exist or names no host`, {
      hint: 'docker context ls; docker context use default',
    });
  }
  return endpointOf(`context '${name}'`, host, readTls(join(config, 'contexts', 'tls', id, 'docker')));
}

function defaultSocket(env: Env): Endpoint {
  const rootless = env['XDG_RUNTIME_DIR'] === undefined ? [] : [join(env['XDG_RUNTIME_DIR'], 'docker.sock')];
  const candidates = [DEFAULT_SOCKET, join(homedir(), '.docker', 'run', 'docker.sock'), ...rootless];
  const path = candidates.find((candidate) => existsSync(candidate)) ?? DEFAULT_SOCKET;
  return endpointOf('default socket', `unix://${path}`, {});
}

function endpointOf(from: string, host: string, tls: DockerOptions): Endpoint {
  if (host.startsWith('unix://')) {
    const socketPath = host.slice('unix://'.length) || DEFAULT_SOCKET;
    return { from, url: `unix://${socketPath}`, options: { socketPath }, remoteHost: null };
  }
  if (host.startsWith('npipe://'))
    return { from, url: host, options: { socketPath: host.slice('npipe://'.length) }, remoteHost: null };
  const url = parseUrl(from, host.includes('://') ? host : `tcp://${host}`);
  const hostname = url.hostname.replaceAll(/^\[|\]$/g, '');
  const remoteHost = ['localhost', '127.0.0.1', '::1'].includes(hostname) ? null : hostname;
  const where = { host: hostname, ...(url.port === '' ? {} : { port: url.port }) };
  switch (url.protocol) {
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const secure = tls.ca !== undefined || url.protocol === 'https:';
      const protocol = secure ? ('https' as const) : ('http' as const);
      const port = url.port === '' ? (secure ? 2376 : 2375) : Number(url.port);
      return { from, url: url.href, options: { ...tls, host: hostname, port, protocol }, remoteHost };
    }
    case 'ssh:': {
      const user = url.username === '' ? {} : { username: decodeURIComponent(url.username) };
      const agent = process.env['SSH_AUTH_SOCK'];
      const sshOptions = agent === undefined ? {} : { sshOptions: { agent } };
      return { from, url: url.href, options: { protocol: 'ssh', ...where, ...user, ...sshOptions }, remoteHost };
    }
    default:
      throw new HarnessError('cannot-run-here', `${from} names an engine in an unknown way: ${host}`, {
        hint: 'unix://, tcp:// and ssh:// are known',
      });
  }
}

function parseUrl(from: string, host: string): URL {
  try {
    return new URL(host);
  } catch (cause) {
    throw new HarnessError('cannot-run-here', `${from} is not a URL: ${host}`, {
      hint: 'for example unix:///var/run/docker.sock or tcp://127.0.0.1:2375',
      cause,
    });
  }
}

function readTls(folder: string): DockerOptions {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return ca === undefined ? {} : { ca, ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
