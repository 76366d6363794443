// Every limit of a plan against every window that it is for: the whole tier's, each node's, each request's. Pure; the check
// `budgets` makes findings of what is broken, reports get the table.
import type { Plan } from '../../plan/plan.js';
import type { Limits, SubjectLimits } from '../../plan/window-limits.js';
import type { Figures, LimitedFigure, LimitResult, WindowKind, WindowResult } from '../model.js';
import { percentile } from './latency.js';
import type { Rules, Ruling } from './ruling.js';
import { failedShare, maskedShare } from './shares.js';
import { throughput } from './throughput.js';

const RULES: Rules = {
  failedShare,
  masked: maskedShare,
  p50Ms: percentile('p50Ms'),
  p95Ms: percentile('p95Ms'),
  p99Ms: percentile('p99Ms'),
  throughput,
};
/** Of these, less is worse. */
const AT_LEAST: readonly LimitedFigure[] = ['throughput'];

export interface Judgement {
  readonly window: WindowResult;
  readonly ruling: Ruling;
}

/** One limit of one subject, and how each of its windows kept it. */
export interface JudgedLimit {
  readonly about: LimitResult['about'];
  readonly name: string | null;
  readonly figure: LimitedFigure;
  readonly kind: WindowKind;
  readonly limit: number;
  readonly judgements: readonly Judgement[];
}

interface Subject {
  readonly about: LimitResult['about'];
  readonly name: string | null;
  readonly limits: SubjectLimits;
  readonly windows: readonly { readonly window: WindowResult; readonly figures: Figures; readonly masked: number }[];
}

export function judgeLimits(plan: Plan, windows: readonly WindowResult[]): readonly JudgedLimit[] {
  return subjectsOf(plan, windows).flatMap((subject) =>
    (Object.keys(RULES) as LimitedFigure[]).flatMap((figure) =>
      Object.entries(subject.limits[figure] ?? {}).map(([kind, limit]: [string, number]) =>
        judged(subject, figure, kind as WindowKind, limit),
      ),
    ),
  );
}

function subjectsOf({ nodes, limits }: Plan, windows: readonly WindowResult[]): readonly Subject[] {
  const of = (node: string | null) =>
    windows
      .filter((window) => window.node === node)
      .map((window) => ({ window, figures: window, masked: window.masked }));
  const tier = of(null);
  const ofNode = limitsOfNode(limits);
  return [
    { about: 'tier', name: null, limits, windows: tier },
    ...Object.entries(limits.requests ?? {}).map(([name, own]): Subject => ({
      about: 'request',
      name,
      limits: own,
      windows: tier.map(({ window }) => ({
        window,
        figures: window.requests?.find(({ request }) => request === name) ?? NOTHING,
        masked: 0,
      })),
    })),
    ...nodes.map((name): Subject => ({ about: 'node', name, limits: ofNode, windows: of(name) })),
  ];
}

const NOTHING: Figures = { answered: 0, failed: 0, failedShare: 0, perSecond: 0, samples: 0 };

/**
 * A node that was just killed fails all that it gets, so the tier's limits are not its own; but after its recovery it
 * fails no more than the tier may.
 */
function limitsOfNode({ nodes = {}, failedShare: { after } }: Limits): SubjectLimits {
  return { ...nodes, failedShare: { ...(after === undefined ? {} : { after }), ...nodes.failedShare } };
}

function judged(subject: Subject, figure: LimitedFigure, kind: WindowKind, limit: number): JudgedLimit {
  const { about, name, windows } = subject;
  const baseline = windows.filter(({ window }) => window.kind === 'baseline').map(({ figures }) => figures);
  const judgements = windows
    .filter(({ window }) => window.kind === kind)
    .map(({ window, figures, masked }) => ({
      window,
      ruling: RULES[figure]({ limit, figures, masked, baseline, isTier: about === 'tier' }),
    }));
  return { about, name, figure, kind, limit, judgements };
}

/** One row per limit and subject, however many windows there were. */
export function limitResult({ about, name, figure, kind, limit, judgements }: JudgedLimit): LimitResult {
  const ruled = judgements.flatMap(({ window: { fromMs }, ruling }) =>
    ruling.state === 'not-judged' ? [] : [{ ...ruling, fromMs }],
  );
  const sign = AT_LEAST.includes(figure) ? -1 : 1;
  const [worst] = [...ruled].sort((a, b) => sign * (b.value - a.value));
  const whys = judgements.flatMap(({ ruling }) => (ruling.state === 'not-judged' ? [ruling.why] : []));
  const why = judgements.length === 0 ? 'there was no such window' : whys[0];
  return {
    about,
    name,
    figure,
    window: kind,
    limit,
    kept: ruled.filter(({ state }) => state === 'kept').length,
    broken: ruled.filter(({ state }) => state === 'broken').length,
    notJudged: whys.length,
    ...(worst
      ? {
          worst: {
            value: Math.round(worst.value * 1e6) / 1e6,
            samples: worst.samples,
            fromMs: worst.fromMs,
          },
        }
      : {}),
    ...(why === undefined ? {} : { why }),
  };
}
