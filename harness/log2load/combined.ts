// The combined log of nginx and Apache (and the common one, which is its beginning); a virtual host may stand before it.
// nginx writes the time at which a request ended, Apache the time at which it came in.
import { leftOut, unreadable, type LogFormat } from './log-format.js';
import { readBracketTime } from './log-time.js';
import { readRequestLine, withoutBackslashes } from './request-line.js';

const TIME = / \[([^\]]{20,35})\] /;
/** Within the quotes a backslash keeps the next character from ending them. */
const REQUEST = /"((?:[^"\\]|\\.)*)"( (?:\d{3}|-)(?: |$))?/y;

export const combined: LogFormat = {
  name: 'combined',
  looksLike: '127.0.0.1 - - [23/Nov/2026:14:31:04 +0000] "GET /cart HTTP/1.1" 200 512 "-" "Mozilla/5.0"',
  read(line) {
    const stamp = TIME.exec(line);
    if (!stamp) return unreadable('no time in brackets, like [23/Nov/2026:14:31:04 +0000]');
    const time = readBracketTime(stamp[1] ?? '');
    if (!time) return unreadable(`[${stamp[1] ?? ''}] is not a time`);
    REQUEST.lastIndex = stamp.index + stamp[0].length;
    const quoted = REQUEST.exec(line);
    if (!quoted) return unreadable('no request in quotes after the time');
    if (quoted[2] === undefined) return unreadable('no status after the request');
    const request = readRequestLine(withoutBackslashes(quoted[1] ?? ''));
    if (!request) return leftOut('no HTTP request in it');
    return { is: 'request', ...time, ...request };
  },
};
