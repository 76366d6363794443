// What `remuster diff` prints: what was changed, then what came of it, the most important first.
import { formatLatency, formatShare } from '../core/units.js';
import type { EnvironmentChange, FigureChange, RunComparison } from '../history/compare.js';
import type { FigureKind } from '../history/samples.js';
import { inkFor, toned, type Environ, type Ink, type OutputStream } from './colors.js';
import { clean, fit, hanging } from './text.js';

const WIDTH = 100;
const MOST_CHANGES = 12;
const WORD = { worse: 'WORSE', better: 'better', same: 'no difference', 'not-enough-data': 'not enough data' } as const;
const TONE = { worse: 'fail', better: 'pass', same: 'plain', 'not-enough-data': 'inconclusive' } as const;

export function diffWords(comparison: RunComparison, stream: OutputStream, env: Environ): string {
  const ink = inkFor(stream, env);
  const width = Math.min(WIDTH, stream.columns ?? WIDTH);
  const { from, to, environments, notComparable, state } = comparison;
  const lines = [
    `${ink.bold(toned(ink, TONE[state])(WORD[state]))}  ${to} against ${from}`,
    ...notComparable.map((why) => `not comparable  ${why}`),
    ...environments.flatMap((each) => ['', ...environmentLines(each, width, ink)]),
  ];
  return `${lines.join('\n')}\n`;
}

function environmentLines(change: EnvironmentChange, width: number, ink: Ink): readonly string[] {
  const { name, state, verdict, newlyBroken, noLongerBroken, changes, figures } = change;
  const told = figures.filter((figure) => figure.state === 'worse' || figure.state === 'better');
  const lines = [`${ink.bold(name)}  ${toned(ink, TONE[state])(WORD[state])}`];
  const shown = changes.slice(0, MOST_CHANGES);
  for (const { path, from, to } of shown)
    lines.push(fit(`  changed    ${path}: ${clean(from ?? 'unset')} -> ${clean(to ?? 'unset')}`, width));
  if (changes.length > shown.length) lines.push(`  changed    and ${changes.length - shown.length} more (--json)`);
  if (changes.length === 0) lines.push('  changed    nothing in plan and versions');
  if (verdict.from !== verdict.to) lines.push(`  verdict    ${verdict.from} -> ${verdict.to}`);
  if (newlyBroken.length > 0) lines.push(...hanging(`  broken     `, `now: ${newlyBroken.join(', ')}`, width));
  if (noLongerBroken.length > 0) lines.push(...hanging(`  whole      `, `again: ${noLongerBroken.join(', ')}`, width));
  for (const figure of told) lines.push(...hanging(`  ${WORD[figure.state].padEnd(11)}`, figureWords(figure), width));
  return [...lines, ...rest(figures, told.length, width)];
}

function rest(figures: readonly FigureChange[], told: number, width: number): readonly string[] {
  const poor = figures.filter(({ state }) => state === 'not-enough-data');
  const same = figures.length - told - poor.length;
  const lines = same > 0 ? [`  same       ${same} of ${figures.length} figures: no difference beyond noise`] : [];
  if (poor.length === 0) return lines;
  const least = Math.min(...poor.map(({ samples }) => Math.min(...samples)));
  const words = `${poor.length} of ${figures.length} figures: too few restarts or windows to tell (${least} in a run); more rounds, or run --repeat and diff of soaks`;
  return [...lines, ...hanging('  too few    ', words, width)];
}

const NOUN: Readonly<Record<FigureKind, string>> = {
  ...{ step: 'recovery, ', recovery: 'recovery, ', latency: 'latency, ' },
  ...{ 'failed-share': '', throughput: '' },
};

function figureWords({ kind, name, shift, from, to, delta, p, samples }: FigureChange): string {
  const value = VALUE[kind];
  const sign = shift < 0 ? '-' : '+';
  return (
    `${NOUN[kind]}${name}: ${sign}${value(Math.abs(shift))} (median ${value(from)} -> ${value(to)}; ` +
    `effect ${delta.toFixed(2)}, p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}, ${samples[0]} and ${samples[1]} samples)`
  );
}

const VALUE: Readonly<Record<FigureKind, (value: number) => string>> = {
  ...{ step: formatLatency, recovery: formatLatency, latency: formatLatency, 'failed-share': formatShare },
  throughput: (value) => `${value.toFixed(1)}/s`,
};
