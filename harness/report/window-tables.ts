// Tables of an environment as plain cells: how each limit was kept, and what was counted in each window, of the whole tier,
// by request and by node. Reports draw them; long ones are cut, with a word that says so.
import { formatLatency, formatMs, formatShare } from '../core/units.js';
import type { EnvironmentResult, Figures, LimitedFigure, LimitResult, WindowResult } from '../verdict/model.js';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that were left out. */
  readonly more: number;
}

const MOST_ROWS = 120;

const WORDS: Readonly<Record<LimitedFigure, string>> = {
  failedShare: 'failed share',
  masked: 'masked by a retry',
  p50Ms: 'median',
  p95Ms: '95th percentile',
  p99Ms: '99th percentile',
  throughput: 'throughput',
};

export function limitWords(figure: LimitedFigure, limit: number): string {
  return `${WORDS[figure]} ${figure === 'throughput' ? 'at least' : 'at most'} ${valueWords(figure, limit)}`;
}

function valueWords(figure: LimitedFigure, value: number): string {
  return figure === 'failedShare' || figure === 'masked' || figure === 'throughput'
    ? formatShare(value)
    : formatLatency(value);
}

type Outcome = 'broken' | 'not judged' | 'kept';
const OUTCOMES: readonly Outcome[] = ['broken', 'not judged', 'kept'];

function outcomeOf({ broken, kept }: LimitResult): Outcome {
  return broken > 0 ? 'broken' : kept > 0 ? 'kept' : 'not judged';
}

/** One row per limit and subject, what broke first; undefined where nothing is limited. */
export function limitTable({ limits = [] }: EnvironmentResult): Table | undefined {
  if (limits.length === 0) return undefined;
  const sorted = OUTCOMES.flatMap((outcome) => limits.filter((limit) => outcomeOf(limit) === outcome));
  const counts = OUTCOMES.flatMap((outcome) => {
    const count = limits.filter((limit) => outcomeOf(limit) === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const rows = sorted.map(({ name, figure, window, limit, worst, kept, broken, notJudged, why }) => [
    name ?? 'whole tier',
    window,
    limitWords(figure, limit),
    worst ? `${valueWords(figure, worst.value)} of ${worst.samples} from ${formatMs(worst.fromMs)}` : '',
    [
      ...(broken > 0 ? [`${broken} broken`] : []),
      ...(kept > 0 ? [`${kept} kept`] : []),
      ...(notJudged > 0 ? [`${notJudged} not judged`] : []),
    ].join(', ') + (why === undefined ? '' : `${kept + broken + notJudged > 0 ? ': ' : ''}${why}`),
  ]);
  return cut(`Limits (${counts.join(', ')})`, ['of', 'window', 'limit', 'worst', 'windows'], rows);
}

/** What users waited, got and lost in each window: the tier, its requests, its nodes. */
export function figureTable({ windows }: EnvironmentResult): Table | undefined {
  if (windows.length === 0) return undefined;
  const rows = windows.flatMap((window) => [
    row(window, window.node ?? 'whole tier', window, String(window.masked)),
    // The only request's figures are the tier's.
    ...(window.requests !== undefined && window.requests.length > 1
      ? window.requests.map((figures) => row(window, figures.request ?? 'other requests', figures, ''))
      : []),
  ]);
  const head = ['of', 'window', 'from', 'to', 'answered', 'failed', 'masked', 'p50', 'p95', 'p99'];
  return cut(`Figures per window (${rows.length})`, head, rows);
}

function row({ kind, round, fromMs, toMs }: WindowResult, of: string, figures: Figures, masked: string): string[] {
  const { answered, failed, failedShare, perSecond } = figures;
  return [
    of,
    round === undefined ? kind : `${kind} ${round}`,
    formatMs(fromMs),
    formatMs(toMs),
    `${answered} (${perSecond.toFixed(1)}/s)`,
    failed === 0 ? '0' : `${failed} (${formatShare(failedShare)})`,
    masked,
    ...[figures.p50Ms, figures.p95Ms, figures.p99Ms].map((ms) => (ms === undefined ? '' : formatLatency(ms))),
  ];
}

function cut(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Table {
  return { title, head, rows: rows.slice(0, MOST_ROWS), more: Math.max(0, rows.length - MOST_ROWS) };
}

/** Limits of which no window could be judged, for the terminal; undefined where each had one. */
export function unjudgedWords({ name, limits = [] }: EnvironmentResult): string | undefined {
  const unjudged = limits.filter((limit) => outcomeOf(limit) === 'not judged' && limit.notJudged > 0);
  const [first] = unjudged;
  if (!first) return undefined;
  const example = `${first.name ?? 'whole tier'}, ${first.window}: ${first.why ?? ''}`;
  return `${name}: ${unjudged.length} of ${limits.length} could not be judged (${example})`;
}
