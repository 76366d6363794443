// A request as it goes out on the wire; made once, sent many times. Pure.
import type { RequestSpec } from '../../plan/load-plan.js';
import type { LoadTarget } from '../engine.js';

/** `isLast`: the connection ends after its answer. Headers of the scenario win over those that are added here. */
export function requestBytes(
  { method, path, headers, body }: RequestSpec,
  { host, port }: LoadTarget,
  isLast: boolean,
): Buffer {
  const added: Record<string, string> = { host: `${host}:${port}` };
  if (isLast) added['connection'] = 'close';
  // A method that has a meaning for a body says so when there is none (RFC 9110, 8.6).
  if (body !== undefined || ['POST', 'PUT', 'PATCH'].includes(method))
    added['content-length'] = String(Buffer.byteLength(body ?? ''));
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines = [...Object.entries(added).filter(([name]) => !given.has(name)), ...Object.entries(headers)].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}
