// The fault `repeat-until-gives-up`: kills the master again each time that it is back, until the supervisor lets go of it or
// so many blows have fallen. What a crash loop does to a restart budget; a supervisor without one must bring it back each time.
import { z } from 'zod';
import type { Look } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { ProcessKey } from '../core/identity.js';
import { formatMs } from '../core/units.js';
import type { NodeNow } from '../observe/live-view.js';
import type { Plan } from '../plan/plan.js';
import { isAtOrBelow } from '../record/family.js';
import { hasGivenUp, mostRestarts } from '../record/gave-up.js';
import type { CensusProcess } from '../record/events.js';
import { isAsked } from '../tier/service.js';
import type { Fault, FaultContext } from './fault.js';
import { refuseOutOfReach } from './reach.js';
import { allGone, describeVictims, keysOf, victims } from './victims.js';

const options = z.strictObject({
  /** At the most; absent: as many as the promised budget needs in the worst case, else 6. */
  times: z.int().min(2).max(50).optional(),
  /** When it is hit again: as soon as it serves, or as soon as there is a new process. */
  while: z.enum(['serving', 'starting']).default('serving'),
});
type Options = z.infer<typeof options>;

const WITHOUT_BUDGET = 6;
/** How long a SIGKILL may take to be seen in the process table. */
const GONE_WITHIN_MS = 5_000;

export const repeatUntilGivesUp: Fault<Options> = {
  name: 'repeat-until-gives-up',
  summary: 'kills the master again whenever it is back, until the supervisor gives up or so many times',
  options,

  path: () => ({ name: 'repeat-until-gives-up', subject: 'master', expects: 'replaced' }),

  validate: (_chosen, plan) => refuseOutOfReach(plan, ['master'], 'KILL'),

  aim(chosen, context) {
    const census = context.census();
    const found = victims(census, 'master');
    return Promise.resolve({
      targets: keysOf(found),
      undo: { kind: 'none', node: context.node.name, why: 'a killed process is not brought back: that is the test' },
      description: `SIGKILL, up to ${timesOf(chosen, context.plan)} times, to ${describeVictims('master', found, census)}`,
    });
  },

  async hit(chosen, aim, context, sent) {
    const times = timesOf(chosen, context.plan);
    const killed: ProcessKey[] = [];
    let targets = aim.targets;
    const landed = (words: string) => ({
      landed: killed.length > 0,
      evidence: `SIGKILL ${killed.length === 1 ? 'once' : `${killed.length} times`} to the master: ${words}`,
      targets: killed,
    });
    sent();
    for (let blow = 1; ; blow += 1) {
      if (blow > 1) context.again(targets, `blow ${blow} of ${times} to ${pidsOf(targets)}`);
      const hit = await Promise.all(
        targets.map(async (key) => ((await context.signal(key, 'KILL')) ? key : undefined)),
      );
      killed.push(...hit.filter((key) => key !== undefined));
      // A process that was starting may have ended by itself before it was hit: the next one is waited for as well.
      if (killed.length === 0) return landed('hit nothing');
      try {
        await context.seen((census) => allGone(census, targets), GONE_WITHIN_MS);
      } catch (error) {
        context.abort.throwIfAborted();
        return { ...landed(`still there (${messageOf(error)})`), landed: false };
      }
      if (blow === times) return landed('all blows fell');
      const next = await nextVictim(chosen, killed, context);
      if ('gaveUp' in next) return landed(next.gaveUp);
      targets = next.targets;
    }
  },
};

function timesOf({ times }: Options, { facts }: Plan): number {
  const { budget } = facts.promise;
  return times ?? (budget ? mostRestarts(budget) + 1 : WITHOUT_BUDGET);
}

function pidsOf(keys: readonly ProcessKey[]): string {
  return keys.map((key) => `pid ${key.split('.', 1)[0] ?? '?'}`).join(', ');
}

type Next = { readonly targets: readonly ProcessKey[] } | { readonly gaveUp: string };

/** Who is hit next; or that nobody comes any more, in words. */
async function nextVictim(
  { while: when }: Options,
  killed: readonly ProcessKey[],
  context: FaultContext,
): Promise<Next> {
  const { promise } = context.plan.facts;
  const { budget } = promise;
  const look = (now: NodeNow): Look<Next> => {
    if (now.supervisor && budget && hasGivenUp(now.supervisor, budget))
      return { done: true, value: { gaveUp: `${context.node.supervisor.name} gave up ("${now.supervisor.word}")` } };
    const fresh = freshOf(now, killed, when === 'starting');
    const asked = isAsked(context.node.service);
    if (when === 'starting' ? fresh.length > 0 : fresh.some((each) => (asked ? serves(each, now) : runs(each, now))))
      return { done: true, value: { targets: keysOf(fresh) } };
    const words = fresh.length === 0 ? 'nobody new' : `pid ${fresh[0]?.pid ?? '?'} does not serve yet`;
    return { done: false, evidence: `${words}; the supervisor says "${now.supervisor?.word ?? 'nothing'}"` };
  };
  const slowestMs = promise.noticeMs + (promise.restartDelayGrowsToMs ?? promise.restartDelayMs);
  const deadlineMs = slowestMs + context.plan.limits.recoveredMs;
  try {
    return await context.until(look, 'a new master', deadlineMs);
  } catch (error) {
    context.abort.throwIfAborted();
    return { gaveUp: `nobody came back in ${formatMs(deadlineMs)} (${messageOf(error)})` };
  }
}

/** New masters; with `starting` also what is on its way to be one. */
function freshOf({ census }: NodeNow, killed: readonly ProcessKey[], starting: boolean): readonly CensusProcess[] {
  const fresh = (census?.processes ?? []).filter((each) => !each.zombie && !killed.includes(each.key));
  const masters = fresh.filter((each) => each.role === 'master');
  return masters.length > 0 || !starting ? masters : fresh.filter((each) => each.role === 'starting');
}

/** Of one that nobody asks, its supervisor's word is all there is. */
function runs(process: CensusProcess, { supervisor, census }: NodeNow): boolean {
  return supervisor?.state === 'running' && isAtOrBelow(process, supervisor.trackedPid ?? -1, census);
}

function serves({ key }: CensusProcess, { probe }: NodeNow): boolean {
  if (probe?.outcome !== 'ok') return false;
  return probe.generation === undefined || probe.generation.split('/').includes(key);
}
