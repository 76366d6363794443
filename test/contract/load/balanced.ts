// Two counting servers behind the HAProxy that remuster boots, with the configuration that it gets from its own recipe, in a
// container that shares the network of this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { waitFor } from '../../../harness/core/clock.js';
import { haproxy } from '../../../harness/tier/balancers/haproxy.js';
import type { Runtime } from '../../../harness/tier/runtime/runtime.js';
import { CountingServer } from './served.js';

const DEADLINE_MS = 30_000;

export interface Balanced {
  readonly web1: CountingServer;
  readonly web2: CountingServer;
  readonly target: { readonly host: string; readonly port: number };
  remove(): Promise<void>;
}

export async function startBalanced(runtime: Runtime, options: Readonly<Record<string, unknown>>): Promise<Balanced> {
  const [web1, web2] = [new CountingServer(), new CountingServer()];
  await Promise.all([web1.start(), web2.start()]);
  const image = await runtime.ensureImage(haproxy.image, () => undefined);
  const backends = [web1, web2].map(({ target }, index) => ({
    ...{ node: `web-${index + 1}`, address: target.host, port: target.port },
    healthPath: '/health',
  }));
  const { files } = haproxy.recipe(backends, haproxy.options.parse(options));
  const { text, port } = await onFreePorts(files.map(({ content }) => String(content)).join('\n'));
  const name = `remuster-balanced-${process.pid}-${port}`;
  const child = spawn(
    'docker',
    ['run', '--rm', '--interactive', '--network', 'host', '--name', name, image, 'haproxy', '-f', '/dev/stdin'],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const said = buffer(child.stderr);
  const ended = once(child, 'close');
  child.stdin.end(text);
  const target = { host: '127.0.0.1', port };
  const remove = async (): Promise<void> => {
    await once(spawn('docker', ['rm', '--force', name], { stdio: 'ignore' }), 'close');
    await ended;
    await Promise.all([web1.remove(), web2.remove()]);
  };
  try {
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`haproxy ended: ${(await said).toString().trim()}`);
        const status = await statusOf(target);
        return status === 200 ? { done: true, value: true } : { done: false, evidence: String(status) };
      },
      { what: 'the balancer to answer', deadlineMs: DEADLINE_MS },
    );
  } catch (error) {
    await remove();
    throw error;
  }
  return { web1, web2, target, remove };
}

/** The recipe's ports belong to a container of its own; here each gets one of this machine. */
async function onFreePorts(recipe: string): Promise<{ readonly text: string; readonly port: number }> {
  let text = recipe;
  let port = 0;
  for (const own of [haproxy.port, haproxy.sentinelPort ?? haproxy.port, ...haproxy.controlPorts]) {
    const free = await freePort();
    text = text.replace(new RegExp(`:${own}\\b`), `:${free}`);
    if (own === haproxy.port && port === 0) port = free;
  }
  return { text, port };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function statusOf({ host, port }: Balanced['target']): Promise<number | string> {
  return new Promise((resolve) => {
    get({ host, port, path: '/health', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 'no status');
    })
      .on('timeout', () => resolve('no answer'))
      .on('error', ({ message }) => resolve(message));
  });
}
