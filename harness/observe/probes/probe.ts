// One direct probe: a fresh connection, one GET, the status and the generation of whoever answered. Raw sockets, because
// HTTP clients retry, pool and wait inexactly (notes on load, 2 and 5).
import { connect } from 'node:net';
import { monotonicMs } from '../../core/clock.js';
import type { ProbeOutcome } from '../../record/events.js';

export interface ProbeTarget {
  readonly node: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

export interface ProbeResult {
  readonly sentMs: number;
  readonly tookMs: number;
  readonly outcome: ProbeOutcome;
  readonly status?: number;
  readonly generation?: string;
}

export const PROBE_DEADLINE_MS = 2_000;

export function probe(target: ProbeTarget): Promise<ProbeResult> {
  const sentMs = monotonicMs();
  return new Promise((resolve) => {
    let head = '';
    let over = false;
    const end = (result: Pick<ProbeResult, 'outcome' | 'status' | 'generation'>): void => {
      if (over) return;
      over = true;
      clearTimeout(deadline);
      socket.destroy();
      resolve({ sentMs, tookMs: Math.round((monotonicMs() - sentMs) * 10) / 10, ...result });
    };
    const deadline = setTimeout(() => end({ outcome: 'timeout' }), PROBE_DEADLINE_MS);
    const socket = connect({ host: target.host, port: target.port });
    socket.on('connect', () =>
      socket.write(
        `GET ${target.path} HTTP/1.1\r\nhost: ${target.node}\r\nconnection: close\r\nuser-agent: remuster-probe\r\n\r\n`,
      ),
    );
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) end(read(head));
    });
    // The engine's port proxy accepts for a dead server and then closes: the same as refused.
    socket.on('end', () => end(head === '' ? { outcome: 'closed' } : { outcome: 'error' }));
    socket.on('close', () => end(head === '' ? { outcome: 'closed' } : { outcome: 'error' }));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end({ outcome: ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? 'closed' : 'error' }),
    );
  });
}

function read(head: string): Pick<ProbeResult, 'outcome' | 'status' | 'generation'> {
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) return { outcome: 'error' };
  const generation = /^x-generation: *(\S+)/im.exec(head)?.[1];
  return {
    outcome: status >= 200 && status < 300 ? 'ok' : 'bad-status',
    status,
    ...(generation === undefined ? {} : { generation }),
  };
}
