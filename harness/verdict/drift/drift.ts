// What a soak's restarts leave behind: each figure's slope against the number of restarts, held against its limit. Fed
// with the journal one event at a time.
import type { Plan } from '../../plan/plan.js';
import { STANDARD_SOAK } from '../../plan/soak.js';
import type { JournalEvent } from '../../record/events.js';
import type { DriftResult, Receipt, WindowResult } from '../model.js';
import { CalmTimes } from './calm.js';
import { seriesOf, type Series, type Stock } from './series.js';
import { trendOf } from './trend.js';

/** With fewer points even a steady rise can be chance. */
const LEAST_POINTS = 8;
/** Chance that any figure of a soak without drift is told, all figures together. */
const FALSE_ALARM = 0.02;

export class DriftWatch {
  readonly #plan: Plan;
  readonly #calm = new CalmTimes();
  readonly #stock: Stock[] = [];
  #loadStartMs: number | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  step(event: JournalEvent): void {
    if (event.kind === 'load' && event.state === 'started') this.#loadStartMs ??= event.atMs;
    if (this.#loadStartMs === undefined) return;
    if (event.kind === 'sample') this.#calm.add(event, event.atMs - this.#loadStartMs);
    if (event.kind === 'stock') this.#stock.push({ ...event, restarts: 0 });
  }

  finish(receipts: readonly Receipt[], windows: readonly WindowResult[]): readonly DriftResult[] {
    const { drift, curve } = this.#plan.soak ?? STANDARD_SOAK;
    const stock = this.#stock.map((each) => ({
      ...each,
      restarts: receipts.filter(({ node, judgedMs }) => {
        return node === each.node && judgedMs <= each.atMs - (this.#loadStartMs ?? 0);
      }).length,
    }));
    const all = seriesOf(drift, this.#calm.between(receipts), stock, receipts, windows).filter(
      // With a load that goes up and down latency does too.
      ({ what }) => what !== 'latency' || curve.kind === 'flat',
    );
    const judged = all.map((series) => ({ series, trend: trendOf(series.blocks) }));
    const enough = judged.filter(({ trend }) => (trend?.points ?? 0) >= LEAST_POINTS).length;
    return judged.map(({ series, trend }) => resultOf(series, trend, FALSE_ALARM / Math.max(1, enough)));
  }
}

function resultOf(series: Series, trend: ReturnType<typeof trendOf>, mostP: number): DriftResult {
  const { what, name, limit, words, example } = series;
  const points = trend?.points ?? 0;
  const common = { what, name, limit, points };
  if (!trend || points < LEAST_POINTS)
    return {
      ...common,
      state: 'not-enough-data',
      evidence: `${String(points)} values; ${String(LEAST_POINTS)} are needed`,
    };
  const drifts = trend.slope >= limit && trend.pRising <= mostP;
  const perRestart = Math.round(trend.slope * 1_000) / 1_000;
  const pRising = Number(trend.pRising.toPrecision(2));
  const tell = series.tell ?? ((value: number) => `each restart leaves ${words(value)} more behind`);
  const values = `${String(points)} values`;
  const evidence = drifts
    ? `${tell(trend.slope)} (limit ${words(limit)}; ${values}${example === undefined ? '' : `, for example ${example}`})`
    : `${words(trend.slope)} a restart (limit ${words(limit)}; ${values})`;
  return { ...common, state: drifts ? 'drifts' : 'steady', perRestart, pRising, evidence };
}
