// The limits of a plan as rows of `remuster plan`: of the whole tier, of each node, of single requests, and where each was
// written; and over how many requests a share is judged, where that is not the usual number.
import { formatLatency, formatMs, formatShare } from '../core/units.js';
import type { Origins } from '../plan/origins.js';
import { DEFAULTS } from '../plan/numbers.js';
import type { Plan } from '../plan/plan.js';
import type { SubjectLimits, WindowLimits } from '../plan/window-limits.js';
import { originText } from '../scenario/origin.js';

const FIGURES = [
  { key: 'failedShare', words: 'failed share', show: formatShare },
  { key: 'masked', words: 'masked', show: formatShare },
  { key: 'p50Ms', words: 'p50', show: formatLatency },
  { key: 'p95Ms', words: 'p95', show: formatLatency },
  { key: 'p99Ms', words: 'p99', show: formatLatency },
  { key: 'throughput', words: 'throughput at least', show: formatShare },
] as const satisfies readonly { key: keyof SubjectLimits; words: string; show: (value: number) => string }[];

export function limitRows({ limits, proof }: Plan, origins: Origins): readonly (readonly string[])[] {
  const from = (path: string): string => {
    const origin = origins.of(path);
    return origin ? `   (${originText(origin)})` : '';
  };
  const windows = (values: WindowLimits | undefined, show: (value: number) => string): string =>
    Object.entries(values ?? {})
      .map(([window, value]: [string, number]) => `${window} ${show(value)}`)
      .join(', ');
  const of = (subject: SubjectLimits, path: string, prefix: string): readonly (readonly string[])[] =>
    FIGURES.flatMap(({ key, words, show }) => {
      const text = windows(subject[key], show);
      return text === '' ? [] : [[`  ${words}`, `${prefix}${text}${from(`${path}.${key}`)}`]];
    });
  const steps = Object.entries(limits.steps).map(([step, ms]) => `${step} ${formatMs(ms)}`);
  return [
    ['limits', `recovered ${formatMs(limits.recoveredMs)}${from('limits.recoveredMs')}`],
    ...of(limits, 'limits', ''),
    ...of(limits.nodes ?? {}, 'limits.nodes', 'each node: '),
    ...Object.entries(limits.requests ?? {}).flatMap(([name, own]) => of(own, `limits.requests.${name}`, `${name}: `)),
    ...(limits.darkMs === undefined ? [] : [['  dark', `${formatMs(limits.darkMs)}${from('limits.darkMs')}`]]),
    ...(steps.length > 0 ? [['  steps', `${steps.join(', ')}${from('limits.steps')}`]] : []),
    ...(proof.shareRequests === DEFAULTS.proof.shareRequests
      ? []
      : [['share over', `${String(proof.shareRequests)} requests${from('proof.shareRequests')}`]]),
  ];
}
