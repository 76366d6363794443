// The small values of a scenario (durations, shares, think times, moments) as zod schemas: text in, numbers out. Each
// knows how it is written (`meta`), for the JSON Schema that editors read.
import { z } from 'zod';
import { DURATION_PATTERN, parseDuration, parseShare, SHARE_PATTERN } from '../core/units.js';
import type { Think } from '../plan/load-plan.js';
import { shown } from './issue.js';

/** When a round may begin: so long after the start of the load, or after the peak was reached. */
export interface Moment {
  readonly after: 'start' | 'peak';
  readonly ms: number;
}

/** `pattern` is looser than `parse` at most: what it refuses is wrong, what it takes may still be. */
function parsed<T>(id: string, what: string, pattern: string, parse: (text: string) => T | undefined) {
  return z
    .unknown()
    .transform((value, context): T => {
      const found = typeof value === 'string' ? parse(value) : undefined;
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: `${shown(value)} is not ${what}` });
      return z.NEVER;
    })
    .meta({
      id,
      type: 'string',
      pattern: `^\\s*(?:${pattern})\\s*$`,
      description: what.replace(/^./, (first) => first.toUpperCase()),
    });
}

export const duration = parsed(
  'duration',
  "a duration; write it like '500ms', '10s' or '2m'",
  DURATION_PATTERN,
  parseDuration,
);

export const positiveDuration = parsed(
  'positiveDuration',
  "a duration above 0; write it like '500ms', '10s' or '2m'",
  DURATION_PATTERN,
  (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms > 0 ? ms : undefined;
  },
);

export const share = parsed('share', "a share; write it like '5%' (0% to 100%)", SHARE_PATTERN, (text) => {
  const found = parseShare(text);
  return found !== undefined && found <= 1 ? found : undefined;
});

export const think = parsed(
  'think',
  "a think time; write it like '300ms', '150ms..450ms' or '~300ms' (exponential)",
  `~?\\s*${DURATION_PATTERN}|${DURATION_PATTERN}\\s*\\.\\.\\s*${DURATION_PATTERN}`,
  (text): Think | undefined => {
    if (text.trim().startsWith('~')) {
      const meanMs = parseDuration(text.trim().slice(1));
      return meanMs === undefined || meanMs === 0 ? undefined : { kind: 'exponential', meanMs };
    }
    const [from = '', to, ...more] = text.split('..');
    const fromMs = parseDuration(from);
    if (fromMs === undefined || more.length > 0) return undefined;
    if (to === undefined) return { kind: 'constant', ms: fromMs };
    const toMs = parseDuration(to);
    if (toMs === undefined || toMs < fromMs) return undefined;
    return toMs === fromMs ? { kind: 'constant', ms: fromMs } : { kind: 'uniform', minMs: fromMs, maxMs: toMs };
  },
);

/** A time, or one between two: '30s', '20s..40s'. */
export const span = parsed(
  'span',
  "a time above 0, or one between two; write it like '30s' or '20s..40s'",
  `${DURATION_PATTERN}(?:\\s*\\.\\.\\s*${DURATION_PATTERN})?`,
  (text): { readonly min: number; readonly max: number } | undefined => {
    const [from = '', to = from, ...more] = text.split('..');
    const min = parseDuration(from);
    const max = parseDuration(to);
    if (min === undefined || max === undefined || min <= 0 || max < min || more.length > 0) return undefined;
    return { min, max };
  },
);

export const moment = parsed(
  'moment',
  "a moment; write it like 'peak', 'peak+12s' or '22s'",
  `peak\\s*\\+?|(?:peak\\s*)?\\+?\\s*${DURATION_PATTERN}`,
  (text): Moment | undefined => {
    const [, peak, rest] = /^(peak)?\s*\+?\s*(.*)$/.exec(text.trim()) ?? [];
    if (peak !== undefined && rest === '') return { after: 'peak', ms: 0 };
    if (peak !== undefined && !text.includes('+')) return undefined;
    const ms = parseDuration(rest ?? '');
    return ms === undefined ? undefined : { after: peak === undefined ? 'start' : 'peak', ms };
  },
);
