// Access logs of one JSON object a line, under the names that are common: nginx (`log_format ... escape=json`), Caddy,
// Traefik, Envoy, Elastic Common Schema, pino, Google Cloud. A name with dots is a key of its own or a key within keys.
import { isRecord } from '../scenario/validate.js';
import { leftOut, unreadable, type LogFormat } from './log-format.js';
import { readBracketTime, readIsoTime, readUnixTime, type LogTime } from './log-time.js';
import { readRequestLine } from './request-line.js';

const TIME = [
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  'time_iso8601',
  'time_local',
  'msec',
  'start_time',
  'StartUTC',
  'datetime',
  'date',
];
const METHOD = [
  'method',
  'request_method',
  'http_method',
  'verb',
  'RequestMethod',
  'request.method',
  'http.request.method',
  'req.method',
  'httpRequest.requestMethod',
];
const TARGET = [
  'request_uri',
  'uri',
  'path',
  'url',
  'target',
  'request_path',
  'RequestPath',
  'request.uri',
  'request.url',
  'request.path',
  'url.original',
  'url.path',
  'req.url',
  'httpRequest.requestUrl',
];
const QUERY = ['query', 'query_string', 'args', 'request.query', 'url.query'];
const WHOLE = ['request', 'request_line', 'message'];

export const json: LogFormat = {
  name: 'json',
  looksLike: '{"time":"2026-11-23T14:31:04Z","method":"GET","path":"/cart","status":200}',
  read(line) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return unreadable('not JSON');
    }
    if (!isRecord(value)) return unreadable('not a JSON object');
    const time = first(value, TIME, timeOf);
    if (!time) return unreadable(`no time under a known name (${TIME.join(', ')})`);
    const method = first(value, METHOD, textOf);
    const target = first(value, TARGET, textOf);
    if (method === undefined || target === undefined) {
      const whole = first(value, WHOLE, textOf);
      if (whole === undefined) return unreadable('no method and path under a known name (method, path, request, ...)');
      const request = readRequestLine(whole);
      return request ? { is: 'request', ...time, ...request } : leftOut('no HTTP request in it');
    }
    if (method === '' || target === '') return leftOut('no HTTP request in it');
    const query = target.includes('?') ? undefined : first(value, QUERY, textOf)?.replace(/^\?/, '');
    const asked = query === undefined || query === '' || query === '-' ? target : `${target}?${query}`;
    return { is: 'request', ...time, method: method.toUpperCase(), target: asked };
  },
};

function first<T>(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const found = read(record[name] ?? (name.includes('.') ? within(record, name.split('.')) : undefined));
    if (found !== undefined) return found;
  }
  return undefined;
}

function within(record: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  let value: unknown = record;
  for (const key of keys) value = isRecord(value) ? value[key] : undefined;
  return value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function timeOf(value: unknown): LogTime | undefined {
  if (typeof value === 'number') return readUnixTime(value);
  if (typeof value !== 'string') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return readUnixTime(Number(value));
  return readIsoTime(value) ?? readBracketTime(value);
}
