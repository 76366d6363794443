// Claims 1 and 2: the old process is gone, a new one is there. By identity, never by pid alone.
import { formatMs } from '../../../core/units.js';
import type { CensusProcess } from '../../../record/events.js';
import { isAlive } from '../node-view.js';
import { no, unseen, yes, type Evaluate } from './claim.js';

/** A census is written when it is taken: what happened may be a little older. */
const CENSUS_SLACK_MS = 500;

export const oldGone: Evaluate = ({ plan, receipt, at, nowMs }) => {
  const { view, old } = receipt;
  const blind = view.blindness('agent');
  if (blind !== undefined) return unseen(`the agent lost sight of ${view.name}: ${blind}`);
  if (!view.census) return unseen('no census was taken');
  if (old.size === 0) return unseen(`no ${receipt.path.subject} was known when the restart began`);
  const { census } = view;
  const left = [...old.values()].filter((process) => isAlive(census, process.key));
  const { patienceMs } = plan.facts;
  if (left.length > 0) {
    const since = receipt.subjectGoneMs;
    if (since === undefined) return no(`still there: ${named(left)}`);
    const outlivedMs = nowMs - since;
    return no(`${named(left)} still there ${formatMs(outlivedMs)} after its master (patience ${formatMs(patienceMs)})`);
  }
  const goneMs = receipt.oldGoneMs ?? census.atMs;
  const outlivedMs = goneMs - (receipt.subjectGoneMs ?? goneMs);
  if (outlivedMs > patienceMs + CENSUS_SLACK_MS) {
    return no(`the last worker outlived its master by ${formatMs(outlivedMs)} (patience ${formatMs(patienceMs)})`);
  }
  return yes(`${named([...old.values()])} gone at ${at(goneMs)}`, goneMs);
};

export const newThere: Evaluate = ({ receipt, at }) => {
  const { view, path } = receipt;
  const blind = view.blindness('agent');
  if (blind !== undefined) return unseen(`the agent lost sight of ${view.name}: ${blind}`);
  if (!view.census) return unseen('no census was taken');
  if (path.subject === 'supervisor') {
    const next = receipt.newSupervisor;
    return next ? yes(`new supervisor pid ${next.pid}`, receipt.marks.bound) : no('nobody started a new supervisor');
  }
  if (path.subject === 'worker' || path.subject === 'workers') {
    const wanted = receipt.old.size;
    const found = receipt.newWorkers;
    const words = `${found.length} of ${wanted} new ${wanted === 1 ? 'worker' : 'workers'}`;
    return found.length >= wanted && found.length > 0
      ? yes(`${words}: ${named(found)}`)
      : no(`${words} below the master`);
  }
  const { master } = receipt;
  if (!master) return no(whoIsThere(view.census.processes));
  const { bound, born } = receipt.marks;
  const bornWords = born === undefined ? '' : `, born at ${at(born)}`;
  return yes(`new master pid ${master.pid}${bornWords}`, bound);
};

export function named(processes: readonly CensusProcess[]): string {
  const [first] = processes;
  if (!first) return 'nobody';
  if (processes.length === 1) return `${first.role} pid ${first.pid}`;
  const master = processes.find((process) => process.role === 'master') ?? first;
  return `${master.role} pid ${master.pid} and ${processes.length - 1} more`;
}

/** Who is there instead of a new master, for a reader who wants to know why. */
export function whoIsThere(processes: readonly CensusProcess[]): string {
  const others = processes.filter((process) => process.role !== 'supervisor');
  if (others.length === 0) return 'no process of the service is there';
  const words = others
    .slice(0, 4)
    .map((process) => `${process.zombie ? 'zombie ' : ''}${process.role} pid ${process.pid}`);
  return `no new master holds the listener; there are ${words.join(', ')}${others.length > 4 ? ', ...' : ''}`;
}
