// Which port of this machine a container's port is published at. Chosen by us and bound by number, because a port that
// the engine chooses is another one at each start of the container; network.ts asks here.
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { messageOf } from '../../core/errors.js';

/** Linux hands out 32768 and above to outgoing connections, macOS and Windows 49152 and above. */
const USUAL_EPHEMERAL_START = 32_768;
const LOWEST = 10_240;
const TRIES = 50;

/**
 * Below the ports that this machine hands out to outgoing connections (and the engine to those who let it choose): while
 * a container is down its port is nobody's, and one connection of the load would be enough to keep it from coming back.
 */
export function portRange(localPortRange: string | undefined): { readonly from: number; readonly to: number } {
  const start = Number.parseInt(localPortRange ?? '', 10);
  const to = Number.isNaN(start) ? USUAL_EPHEMERAL_START : start;
  // A machine that gives nearly everything to outgoing connections leaves no such room: then the usual room it is.
  return { from: LOWEST, to: to - LOWEST >= 1_000 ? to : USUAL_EPHEMERAL_START };
}

/** A port that nobody listens at now; on an engine elsewhere that cannot be known, and the engine will say. */
export async function chooseHostPort(isLocal: boolean, besides: readonly number[] = []): Promise<number> {
  const { from, to } = portRange(isLocal ? ownRange() : undefined);
  let last = 'none was tried';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(from, to);
    if (besides.includes(port)) continue;
    if (!isLocal) return port;
    const taken = await whyTaken(port);
    if (taken === undefined) return port;
    last = taken;
  }
  throw new Error(`no free port between ${from} and ${to} on 127.0.0.1 in ${TRIES} tries (last: ${last})`);
}

function ownRange(): string | undefined {
  try {
    return readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'); // ip(7)
  } catch {
    return undefined;
  }
}

function whyTaken(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(messageOf(error)));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Docker: "Bind for 127.0.0.1:1 failed: port is already allocated", or what bind(2) told its proxy. */
export function isPortConflict(message: string): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(message);
}
