// HAProxy in front of servers of this machine, in a container that shares its network: the image that remuster boots, with
// a configuration of a few lines, so that retries are the only thing that differs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { waitFor } from '../../harness/core/clock.js';
import type { LoadTarget } from '../../harness/load/engine.js';
import { balancerOf } from '../../harness/tier/assembly.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';

const DEADLINE_MS = 30_000;

export interface Balancing {
  readonly target: LoadTarget;
  remove(): Promise<void>;
}

/** Throws where no engine answers. */
export async function startBalancer(
  servers: readonly LoadTarget[],
  how: 'retries' | 'no retries',
  signal: AbortSignal,
): Promise<Balancing> {
  const runtime = await connectDocker();
  const image = await runtime.ensureImage(balancerOf('haproxy').image, () => undefined);
  const target = { host: '127.0.0.1', port: await freePort() };
  const name = `remuster-honest-load-${process.pid}-${target.port}`;
  const child = spawn(
    'docker',
    ['run', '--rm', '--interactive', '--network', 'host', '--name', name, image, 'haproxy', '-f', '/dev/stdin'],
    { stdio: ['pipe', 'ignore', 'pipe'], signal },
  );
  const said = buffer(child.stderr);
  const ended = once(child, 'close');
  ended.catch(() => undefined); // Aborted: whoever waits below is told.
  child.stdin.end(configuration(servers, how, target.port));
  const remove = async (): Promise<void> => {
    const gone = spawn('docker', ['rm', '--force', name], { stdio: 'ignore' });
    await once(gone, 'close');
    await ended.catch(() => undefined);
  };
  try {
    const looks = { what: 'the balancer to answer', deadlineMs: DEADLINE_MS, signal };
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`haproxy ended: ${(await said).toString().trim()}`);
      return (await answers(target)) ? { done: true, value: true } : { done: false, evidence: 'no answer' };
    }, looks);
    return { target, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function configuration(servers: readonly LoadTarget[], how: 'retries' | 'no retries', port: number): string {
  const lines = servers.map(
    (server, index) => `  server web-${index + 1} ${server.host}:${server.port} check inter 200ms fall 2 rise 2`,
  );
  return `
defaults
  mode http
  timeout connect 1s
  timeout server 30s
  timeout client 30s
  ${how === 'retries' ? 'retries 3' : 'retries 0'}
  ${how === 'retries' ? 'option redispatch' : 'no option redispatch'}
frontend in
  bind 127.0.0.1:${port}
  monitor-uri /monitor
  default_backend servers
backend servers
  balance roundrobin
${lines.join('\n')}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** HAProxy's own page: no server is asked, so that their logs stay those of the load. */
function answers({ host, port }: LoadTarget): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host, port, path: '/monitor', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('timeout', () => resolve(false))
      .on('error', () => resolve(false));
  });
}
