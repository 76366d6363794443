// HAProxy's default HTTP log (`option httplog`, `option httpslog`; configuration manual, 8.2.3), with whatever syslog puts
// before it. Its times have no zone.
import { leftOut, unreadable, type LogFormat } from './log-format.js';
import { readBracketTime } from './log-time.js';
import { readRequestLine, withoutHashes } from './request-line.js';

/** Client, time, frontend, backend and server, timers, status; then the rest, in which the request is what is quoted. */
const LINE =
  /(?:^|\s)\S+:\d+ \[(\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] \S+ \S+\/\S+ [-+\d]+(?:\/[-+\d]+){4} (?:-1|\d{1,3}) (.*)$/;
/** HAProxy tells of servers and proxies in the same log. */
const OWN_WORDS =
  /haproxy\[\d+\]: (?:\[(?:NOTICE|WARNING|ALERT)\]|Proxy |Server |Backend |backend |Health check |Connect from |Stopping |Pausing |Loading )/;

export const haproxy: LogFormat = {
  name: 'haproxy',
  looksLike:
    'haproxy[7]: 10.0.1.2:33317 [23/Nov/2026:14:31:04.655] http-in shop/web-1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /cart HTTP/1.1"',
  read(line) {
    const [, stamp, rest] = LINE.exec(line) ?? [];
    if (stamp === undefined || rest === undefined) {
      if (OWN_WORDS.test(line)) return leftOut('words of HAProxy itself');
      return unreadable('no client, time, backend, timers and status as in an HTTP log of HAProxy');
    }
    const time = readBracketTime(stamp);
    if (!time) return unreadable(`[${stamp}] is not a time`);
    const [, text, end] = /"([^"]*)("?)/.exec(rest) ?? [];
    if (text === undefined) return unreadable('no request in quotes at its end');
    // A line that is too long loses its end (`log ... len`), and with it the closing quote (manual, 8.2.3).
    if (end === '') return leftOut('a request that is cut off (see `len` of `log` in haproxy.cfg)');
    const request = text === '<BADREQ>' ? undefined : readRequestLine(withoutHashes(text));
    return request ? { is: 'request', ...time, ...request } : leftOut('no HTTP request in it');
  },
};
