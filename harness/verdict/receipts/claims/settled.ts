// Claim 10: nothing is left over and it stays: one master, no strays, no second copy, no zombie, an honest pid file, and
// a restart counter that stands still.
import { withDescendants } from '../node-view.js';
import type { OpenReceipt } from '../open-receipt.js';
import { no, unseen, yes, type Evaluate } from './claim.js';
import { named } from './processes.js';

/** Something that starts beside a running master for so long is a second copy, not a helper passing by. */
const SECOND_COPY_AFTER_MS = 2_000;
/** A supervisor that has lost its server starts copies that end at once: which of them is there now is a matter of luck. */
const COPIES = 3;
/** A counter is read a little later than it moves. */
const COUNTER_SLACK_MS = 2_000;

export const settled: Evaluate = ({ receipt, nowMs, at }) => {
  const { view, master } = receipt;
  const blind = view.blindness('agent');
  if (blind !== undefined) return unseen(`the agent lost sight of ${view.name}: ${blind}`);
  if (!view.census) return unseen('no census was taken');
  const { processes, pidFile } = view.census;
  if (receipt.unrest !== undefined) return no(receipt.unrest);
  if (!master) return no('no server is running');
  const masters = processes.filter((process) => process.role === 'master' && !process.zombie);
  if (masters.length > 1)
    return no(`${masters.length} masters: ${masters.map((each) => `pid ${each.pid}`).join(', ')}`);
  const strays = processes.filter((process) => process.role === 'stray' && !process.zombie);
  if (strays.length > 0) return no(`left over: ${named(strays)} (${strays[0]!.command})`);
  const zombies = processes.filter((process) => process.zombie);
  if (zombies.length > 0)
    return no(`${zombies.length === 1 ? 'a zombie' : `${zombies.length} zombies`}: pid ${zombies[0]!.pid}`);
  const second = processes.find(
    (process) =>
      process.role === 'starting' &&
      !process.zombie &&
      nowMs - view.startingSinceMs(process.key) >= SECOND_COPY_AFTER_MS &&
      !withDescendants(view.census, [process.key]).has(master.key),
  );
  if (second) return no(`a second copy is starting: pid ${second.pid} (${second.command})`);
  const starts = view.starts.sum(nowMs);
  if (starts >= COPIES && view.supervisor && view.supervisor.trackedPid !== master.pid)
    return no(`a second copy is started again and again: ${starts} times in the last 10 s`);
  if (pidFile && pidFile.pid !== master.pid) {
    return no(
      pidFile.pid === null
        ? `the pid file ${pidFile.path} is absent or empty`
        : `the pid file ${pidFile.path} names pid ${pidFile.pid}, the master is pid ${master.pid}`,
    );
  }
  const counter = counterWords(receipt, at);
  if (counter.contradicts) return no(counter.words);
  const caveat = receipt.hold.caveat === undefined ? '' : `; ${receipt.hold.caveat}`;
  return yes(`one master (pid ${master.pid}), nothing left over${counter.words}${caveat}`);
};

/** Does the restart counter tell of restarts that the identities do not? */
function counterWords(receipt: OpenReceipt, at: (ms: number) => string): { contradicts: boolean; words: string } {
  const now = receipt.view.supervisor?.restarts;
  const { restartsBefore, counterMovedMs, counterMovedOn, marks } = receipt;
  if (now === undefined || restartsBefore === undefined) return { contradicts: false, words: '' };
  const settledMs = (marks.bound ?? receipt.startedMs) + COUNTER_SLACK_MS;
  if (counterMovedMs !== undefined && (counterMovedMs > settledMs || counterMovedOn >= COPIES)) {
    return {
      contradicts: true,
      words: `the restart counter moved again at ${at(counterMovedMs)} (${restartsBefore} -> ${now})`,
    };
  }
  return { contradicts: false, words: `; restart counter ${restartsBefore} -> ${now}` };
}
