// The limits of the scenario, per window, and the longest time without one good answer of the whole tier.
import { formatMs } from '../../core/units.js';
import { fail } from '../evidence.js';
import { judgeLimits, type Judgement, type JudgedLimit } from '../limits/judge-limits.js';
import type { Finding } from '../model.js';
import { ofEvidence } from './check.js';

const NAME = 'budgets';

export const budgets = ofEvidence(
  NAME,
  'failures, masked errors, latency, throughput and dark time stay within their limits, per window',
  ({ plan, windows, dark, loadStartMs = 0 }) => {
    const findings = judgeLimits(plan, windows).flatMap((limit) =>
      limit.judgements.flatMap((judgement) => findingOf(limit, judgement)),
    );
    const { darkMs } = plan.limits;
    if (darkMs === undefined || dark.ms <= darkMs) return findings;
    const message = `The whole tier gave no good answer for ${formatMs(dark.ms)} from ${formatMs(dark.fromMs - loadStartMs)} on; the limit is ${formatMs(darkMs)}.`;
    return [...findings, fail(NAME, message)];
  },
);

function findingOf({ about, name }: JudgedLimit, { window, ruling }: Judgement): readonly Finding[] {
  if (ruling.state !== 'broken') return [];
  const { kind, round, fromMs, toMs } = window;
  const message = `${name ?? 'Whole tier'}, ${kind} window from ${formatMs(fromMs)} to ${formatMs(toMs)}: ${ruling.words}.`;
  const node = about === 'node' && name !== null ? { node: name } : {};
  return [fail(NAME, message, { ...node, ...(round === undefined ? {} : { round }) })];
}
