// All log formats by name, and which one a log is in. Adding one: its file, and a line here.
import { HarnessError } from '../core/errors.js';
import { shown } from '../scenario/issue.js';
import { combined } from './combined.js';
import { haproxy } from './haproxy.js';
import { json } from './json-lines.js';
import type { LogFormat } from './log-format.js';

export const logFormats = { combined, haproxy, json } as const satisfies Readonly<Record<string, LogFormat>>;

export type LogFormatName = keyof typeof logFormats;

/** The format that reads most of these lines, the first of a log. */
export function detectedFormat(name: string, lines: readonly string[]): LogFormat {
  const read = Object.values(logFormats).map((format: LogFormat) => ({
    format,
    count: lines.filter((line) => format.read(line).is !== 'unreadable').length,
  }));
  const best = read.reduce((most, each) => (each.count > most.count ? each : most));
  if (best.count > 0) return best.format;
  const formats = Object.values(logFormats).map((format) => `  ${format.name}: ${format.looksLike}`);
  throw new HarnessError(
    'invalid',
    [`${name}:1  is in no known format: ${shown(lines[0] ?? '')}; known:`, ...formats].join('\n'),
    { hint: '--format takes one of them by name and says of each line why it cannot be read' },
  );
}
