// Lines of real logs, and of those that are not quite right: what is read of each, or why nothing is.
import { describe, expect, it } from 'vitest';
import { detectedFormat, logFormats } from '../../../harness/log2load/formats.js';
import type { LogLine } from '../../../harness/log2load/log-format.js';

const AT_MS = Date.UTC(2026, 10, 23, 13, 31, 4);

type Case = readonly [what: string, line: string, read: Partial<LogLine>];

function request(method: string, target: string, atMs = AT_MS): Partial<LogLine> {
  return { is: 'request', method, target, atMs };
}
const nothing: Partial<LogLine> = { is: 'left-out', why: 'no HTTP request in it' };
const unreadable = (why: string): Partial<LogLine> => ({ is: 'unreadable', why });

const STAMP = '[23/Nov/2026:14:31:04 +0100]';
const combined: readonly Case[] = [
  ['nginx', `10.0.0.1 - - ${STAMP} "GET /a?b=c HTTP/1.1" 200 5 "-" "curl/8"`, request('GET', '/a?b=c')],
  ['the common log', `::1 - bob ${STAMP} "POST /a HTTP/1.0" 302 -`, request('POST', '/a')],
  ['HTTP/2', `10.0.0.1 - - ${STAMP} "GET /a HTTP/2.0" 200 5 "-" "-"`, request('GET', '/a')],
  ['HTTP/0.9', `10.0.0.1 - - ${STAMP} "GET /a" 200 5`, request('GET', '/a')],
  ['a virtual host before it', `shop:443 10.0.0.1 - a b ${STAMP} "GET /a HTTP/1.1" 200 5`, request('GET', '/a')],
  ['blanks in the path', `10.0.0.1 - - ${STAMP} "GET /a b c HTTP/1.1" 400 5 "-" "-"`, request('GET', '/a b c')],
  ["nginx's quotes", `10.0.0.1 - - ${STAMP} "GET /a\\x22\\xC3\\xA9 HTTP/1.1" 200 5`, request('GET', '/a"%C3%A9')],
  ["Apache's quotes", `10.0.0.1 - - ${STAMP} "GET /a\\"b\\\\c HTTP/1.1" 200 5`, request('GET', '/a"b\\c')],
  ['a quote in the agent', `10.0.0.1 - - ${STAMP} "GET /a HTTP/1.1" 200 5 "-" "x \\" y"`, request('GET', '/a')],
  ['a whole URI', `10.0.0.1 - - ${STAMP} "GET http://h/a HTTP/1.1" 200 5`, request('GET', 'http://h/a')],
  ['OPTIONS *', `10.0.0.1 - - ${STAMP} "OPTIONS * HTTP/1.0" 200 5`, request('OPTIONS', '*')],
  ['a request that never came', `10.0.0.1 - - ${STAMP} "-" 408 0 "-" "-"`, nothing],
  ['TLS sent to the plain port', `10.0.0.1 - - ${STAMP} "\\x16\\x03\\x01\\x02\\x00" 400 157 "-" "-"`, nothing],
  ['a cut line', `10.0.0.1 - - ${STAMP} "GET /a HT`, unreadable('no request in quotes after the time')],
  ['no status', `10.0.0.1 - - ${STAMP} "GET /a HTTP/1.1"`, unreadable('no status after the request')],
  ['no such month', `::1 - - [23/Nev/2026:14:31:04 +0100] "GET / HTTP/1.1" 200 5`, { is: 'unreadable' }],
  ['an error log', '2026/11/23 14:31:04 [error] 7#7: *1 open() failed', { is: 'unreadable' }],
];

const SYSLOG = 'Nov 23 13:31:04 lb haproxy[14389]:';
const LINE = '10.0.1.2:33317 [23/Nov/2026:13:31:04.655] http-in~ shop/web-1 10/0/30/69/109 200 2750 - - ----';
const haproxy: readonly Case[] = [
  ['with syslog', `${SYSLOG} ${LINE} 1/1/1/1/0 0/0 {1wt.eu} {} "GET /a HTTP/1.1"`, request('GET', '/a', AT_MS + 655)],
  ['without', `${LINE} 1/1/1/1/0 0/0 "GET /a?b HTTP/1.1"`, request('GET', '/a?b', AT_MS + 655)],
  ['HTTP/2', `${LINE} 1/1/1/1/0 0/0 "GET https://h/a HTTP/2.0"`, request('GET', 'https://h/a', AT_MS + 655)],
  ['a quote', `${LINE} 1/1/1/1/0 0/0 "GET /a#22b HTTP/1.1"`, request('GET', '/a"b', AT_MS + 655)],
  ['httpslog', `${LINE} 1/1/1/1/0 0/0 "GET /a HTTP/1.1" 0/0/0/0/0 h/TLSv1.3/x`, request('GET', '/a', AT_MS + 655)],
  [
    'no server, no answer, retries',
    '::1:5 [23/Nov/2026:13:31:04.000] in shop/<NOSRV> 0/-1/-1/-1/+7 -1 +0 - - CC-- 1/1/0/0/+3 0/0 "GET /a HTTP/1.1"',
    request('GET', '/a'),
  ],
  ['a bad request', `${LINE.replace('200', '400')} 1/1/1/1/0 0/0 "<BADREQ>"`, nothing],
  ['a cut line', `${LINE} 1/1/1/1/0 0/0 "GET /a?long`, { is: 'left-out' }],
  ['its own words', `${SYSLOG} Server shop/web-1 is DOWN, reason: Layer4`, { is: 'left-out' }],
  ['a TCP log', '10.0.1.2:3 [23/Nov/2026:13:31:04.000] in shop/web-1 0/0/9 7 -- 1/1/1/1/0 0/0', { is: 'unreadable' }],
];

const json: readonly Case[] = [
  [
    'nginx',
    '{"time_iso8601":"2026-11-23T14:31:04+01:00","request_method":"GET","request_uri":"/a?b"}',
    request('GET', '/a?b'),
  ],
  ['a request line', `{"time_local":"23/Nov/2026:14:31:04 +0100","request":"GET /a HTTP/1.1"}`, request('GET', '/a')],
  [
    'nginx msec',
    `{"msec":"${AT_MS / 1000}.250","method":"get","uri":"/a","args":"b=1"}`,
    request('GET', '/a?b=1', AT_MS + 250),
  ],
  ['Caddy', `{"ts":${AT_MS / 1000}.5,"request":{"method":"GET","uri":"/a"}}`, request('GET', '/a', AT_MS + 500)],
  [
    'Traefik',
    '{"StartUTC":"2026-11-23T13:31:04.000000123Z","RequestMethod":"GET","RequestPath":"/a"}',
    request('GET', '/a'),
  ],
  [
    'Elastic, dots or keys',
    '{"@timestamp":"2026-11-23T13:31:04Z","http.request.method":"GET","url":{"path":"/a","query":"b"}}',
    request('GET', '/a?b'),
  ],
  ['pino', `{"level":30,"time":${AT_MS},"req":{"method":"GET","url":"/a"}}`, request('GET', '/a')],
  ['no zone counts as UTC', '{"time":"2026-11-23 13:31:04,000","method":"GET","path":"/a"}', request('GET', '/a')],
  ['no request', '{"time":"2026-11-23T13:31:04Z","msg":"started"}', { is: 'unreadable' }],
  ['a time that is none', '{"time":"soon","method":"GET","path":"/a"}', { is: 'unreadable' }],
  ['a cut line', '{"time":"2026-11-23T13:31:04Z","met', unreadable('not JSON')],
  ['a list', '[1]', unreadable('not a JSON object')],
];

describe.each([
  ['combined', combined],
  ['haproxy', haproxy],
  ['json', json],
] as const)('%s', (format, cases) => {
  it.each(cases)('reads %s', (_what, line, read) => expect(logFormats[format].read(line)).toMatchObject(read));

  it('is recognised by its lines, even when some of them are no good', () => {
    const lines = cases.map(([, line]) => line);
    expect(detectedFormat('access.log', lines).name).toBe(format);
  });
});
