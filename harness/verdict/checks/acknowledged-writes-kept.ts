// A write that was acknowledged is a promise: every node must still have it after its restarts. Where nobody writes there
// is nothing to judge; where nothing was written before a restart, or a node cannot be read, nothing is proved.
import { formatMs } from '../../core/units.js';
import { nodeOf } from '../../plan/posts.js';
import type { Plan } from '../../plan/plan.js';
import type { ReadBackEvent } from '../../record/events.js';
import { claimOf, doubt, fail, oneLine } from '../evidence.js';
import type { Finding, Receipt } from '../model.js';
import { lostWrites, Writes, type LostWrite, type NodeWrites } from '../writes.js';
import type { Check } from './check.js';

const NAME = 'acknowledged-writes-kept';

interface State {
  readonly plan: Plan;
  readonly writes: Writes;
}

/** A restart of a node; times are ms of the journal. */
interface Restart {
  readonly receipt: Receipt;
  readonly startedMs: number;
  /** From then on whoever came back answers; an old process may acknowledge writes until it has ended. */
  readonly backMs: number;
}

export const acknowledgedWritesKept: Check<State> = {
  name: NAME,
  summary: 'what a node has acknowledged is still there after its restarts',

  init: (plan) => ({ plan, writes: new Writes(plan.nodes) }),

  step(state, event) {
    state.writes.step(event);
    return state;
  },

  finish({ plan, writes }, { loadStartMs, receipts, cut }) {
    if (!plan.writes || loadStartMs === undefined) return []; // Told elsewhere.
    return writes.finish().flatMap((node) => {
      const restarts = receipts
        .filter((receipt) => nodeOf(receipt.node) === node.node)
        .map((receipt) => restartOf(receipt, loadStartMs));
      const lost = losses(node, restarts, loadStartMs);
      // What an early end left unread is no news; what was lost before it is.
      return cut ? lost : [...lost, ...restarts.flatMap((restart) => doubts(node, restart, loadStartMs))];
    });
  },
};

function restartOf(receipt: Receipt, zeroMs: number): Restart {
  const { state, atMs } = claimOf(receipt, 'answers');
  const backMs = state === 'held' && atMs !== undefined ? atMs : receipt.judgedMs;
  return { receipt, startedMs: zeroMs + receipt.startedMs, backMs: zeroMs + backMs };
}

/** One finding for all that the same restarts have cost. */
function losses(node: NodeWrites, restarts: readonly Restart[], zeroMs: number): readonly Finding[] {
  const untilOf = ({ after, atMs }: ReadBackEvent): number =>
    after === 'restart'
      ? Math.max(-Infinity, ...restarts.map(({ backMs }) => backMs).filter((ms) => ms <= atMs))
      : atMs;
  const groups = new Map<string, { readonly between: readonly Restart[]; readonly lost: LostWrite[] }>();
  for (const each of lostWrites(node, untilOf)) {
    const sinceMs = Math.max(each.acknowledgedMs, each.seenMs ?? -Infinity);
    const between = restarts.filter(({ startedMs, backMs }) => sinceMs < backMs && startedMs <= each.missedMs);
    const key = between.map(({ receipt }) => `${receipt.node} ${receipt.restart}`).join();
    const group = groups.get(key);
    if (group) group.lost.push(each);
    else groups.set(key, { between, lost: [each] });
  }
  return [...groups.values()].map(({ between, lost }) => lossOf(node, between, lost, zeroMs));
}

function lossOf(
  { node, acknowledged, readBacks }: NodeWrites,
  between: readonly Restart[],
  lost: readonly LostWrite[],
  zeroMs: number,
): Finding {
  const times = lost.map(({ acknowledgedMs }) => acknowledgedMs - zeroMs);
  const [first, last] = [formatMs(Math.min(...times)), formatMs(Math.max(...times))];
  const when = first === last ? `at ${first}` : `from ${first} to ${last}`;
  const ids = readBacks.find((each) => each.ids !== undefined)?.ids;
  const numbers = runsOf(lost.map(({ number }) => number));
  const which = ids === undefined ? `number ${numbers}` : `${ids}: ${numbers}`;
  const missed = formatMs(Math.min(...lost.map(({ missedMs }) => missedMs)) - zeroMs);
  const [round] = between.flatMap(({ receipt }) => receipt.round ?? []);
  return fail(
    NAME,
    `${node} lost ${lost.length} of ${acknowledged.size} writes that it had acknowledged ${when} (${which}): ` +
      `not there at ${missed}, ${afterWhat(between, zeroMs)}.`,
    { node, ...(round === undefined ? {} : { round }) },
  );
}

function afterWhat(between: readonly Restart[], zeroMs: number): string {
  const each = between.map(({ receipt: { service, path }, startedMs }) => {
    const of = service === undefined ? '' : ` of ${service}`;
    return `${path.name}${of} at ${formatMs(startedMs - zeroMs)}`;
  });
  return each.length === 0 ? 'without a restart in between' : `after ${each.join(' and ')}`;
}

const MOST_RUNS = 5;

/** `0 to 17, 20`. */
function runsOf(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  const told = runs.slice(0, MOST_RUNS).map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  return runs.length > MOST_RUNS ? `${told.join(', ')} and ${runs.length - MOST_RUNS} more runs` : told.join(', ');
}

function doubts(
  { node, acknowledged, readBacks }: NodeWrites,
  { receipt: { round, service }, startedMs, backMs }: Restart,
  zeroMs: number,
): readonly Finding[] {
  const about = { node, ...(round === undefined ? {} : { round }) };
  const restart = `${service === undefined ? 'its restart' : `the restart of its ${service}`} at ${formatMs(startedMs - zeroMs)}`;
  if (!readBacks.some(({ ok, atMs }) => ok && atMs >= backMs)) {
    const failed = readBacks.filter(({ ok }) => !ok).at(-1);
    const why = failed ? oneLine(failed.evidence) : 'the writer was not there to ask for it';
    return [doubt(NAME, `What ${node} still has of its writes after ${restart} could not be read: ${why}.`, about)];
  }
  if ([...acknowledged.values()].some((atMs) => atMs < startedMs)) return [];
  return [doubt(NAME, `Nothing that ${node} had acknowledged was there to lose at ${restart}.`, about)];
}
