// A write that was acknowledged is a promise: every node must still have it after its restarts. Where nobody writes there
// is nothing to judge; where nothing was written before a restart, or a node cannot be read, nothing is proved.
import { formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';
import { doubt, fail, oneLine, type Evidence } from '../evidence.js';
import type { Finding, Receipt } from '../model.js';
import { Writes, type NodeWrites } from '../writes.js';
import type { Check } from './check.js';

const NAME = 'acknowledged-writes-kept';

interface State {
  readonly plan: Plan;
  readonly writes: Writes;
}

export const acknowledgedWritesKept: Check<State> = {
  name: NAME,
  summary: 'what a node has acknowledged is still there after its restarts',

  init: (plan) => ({ plan, writes: new Writes(plan.nodes) }),

  step(state, event) {
    state.writes.step(event);
    return state;
  },

  finish({ plan, writes }, evidence) {
    if (!plan.writes || evidence.cut || evidence.loadStartMs === undefined) return []; // Told elsewhere.
    return writes.finish().flatMap((node) => findingsOf(node, evidence, evidence.loadStartMs ?? 0));
  },
};

function findingsOf(writes: NodeWrites, { receipts }: Evidence, zeroMs: number): readonly Finding[] {
  const { node, acknowledged, lost, readBack } = writes;
  const restarts = receipts.filter((receipt) => receipt.node === node);
  const about = { node };
  if (!lost) {
    if (restarts.length === 0) return [];
    const why = readBack ? oneLine(readBack.evidence) : 'the writer was not there to ask for it';
    return [doubt(NAME, `What ${node} still has of its writes could not be read: ${why}.`, about)];
  }
  if (lost.length > 0) return [lostWrites(writes, lost, restarts, zeroMs)];
  const unproved = restarts.filter(
    ({ startedMs }) => ![...acknowledged.values()].some((atMs) => atMs - zeroMs < startedMs),
  );
  return unproved.map(({ round, startedMs }) =>
    doubt(NAME, `Nothing that ${node} had acknowledged was there to lose at its restart at ${formatMs(startedMs)}.`, {
      ...about,
      ...(round === undefined ? {} : { round }),
    }),
  );
}

function lostWrites(
  { node, acknowledged }: NodeWrites,
  lost: readonly number[],
  restarts: readonly Receipt[],
  zeroMs: number,
): Finding {
  const times = lost.map((number) => (acknowledged.get(number) ?? 0) - zeroMs).sort((left, right) => left - right);
  const [firstMs = 0] = times;
  const lastMs = times.at(-1) ?? firstMs;
  const next = [...restarts].sort((a, b) => a.startedMs - b.startedMs).find(({ startedMs }) => startedMs >= lastMs);
  const when = firstMs === lastMs ? `at ${formatMs(firstMs)}` : `from ${formatMs(firstMs)} to ${formatMs(lastMs)}`;
  const before = next ? `; its next restart was at ${formatMs(next.startedMs)}` : '';
  const count = `${lost.length} of ${acknowledged.size} writes`;
  const message = `${node} lost ${count} that it had acknowledged (${when}${before}).`;
  return fail(NAME, message, { node, ...(next?.round === undefined ? {} : { round: next.round }) });
}
