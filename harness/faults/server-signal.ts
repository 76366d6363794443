// Faults that are a signal which the server itself understands as "renew yourself": in-place, phased, reload. Which signal,
// and what becomes of whom, the server's own restart paths say (facts of the plan).
import { z } from 'zod';
import type { Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { parseKey, type ProcessKey } from '../core/identity.js';
import { formatMs } from '../core/units.js';
import type { NodeNow } from '../observe/live-view.js';
import type { Plan } from '../plan/plan.js';
import type { CensusEvent } from '../record/events.js';
import type { ServerPath } from '../plan/promise.js';
import { isAsked } from '../tier/service.js';
import type { Aim, Fault, FaultContext, Landing } from './fault.js';
import { successorIn } from '../record/successor.js';
import { allGone, describeVictims, keysOf, victims } from './victims.js';

const options = z.strictObject({});
type Options = z.infer<typeof options>;

/** A server may load its application before anything of it is new. */
const FIRST_STEP_MS = 30_000;
/** Phased restarts go worker by worker, and each loads the application. */
const PER_WORKER_MS = 8_000;
/** Beyond the service's own grace for requests in flight. */
const SLACK_MS = 10_000;
/** How long the new master's own answer is waited for before the old one is told to go all the same. */
const ANSWER_MS = 10_000;

/** Longer where the scenario lets a node take longer to come back. */
function atLeast(ms: number, { plan }: FaultContext): number {
  return Math.max(ms, plan.limits.recoveredMs);
}

type Signalled = ServerPath & { readonly signal: NonNullable<ServerPath['signal']> };

export function serverSignal(name: string, summary: string): Fault<Options> {
  const inPlan = (plan: Plan): Signalled => {
    const { paths } = plan.facts;
    const found = paths.find((each): each is Signalled => each.name === name && each.signal !== undefined);
    if (found) return found;
    const { name: environment, node } = plan.environment;
    throw new HarnessError('invalid', `environment ${environment}: ${node.server.kind} has no ${name} restart here`, {
      hint: `it has ${paths.map((each) => each.name).join(', ')}`,
    });
  };
  return {
    name,
    summary,
    options,
    path(_options, plan) {
      const { subject, expects } = inPlan(plan);
      return { name, subject, expects };
    },
    validate: (_options, plan) => void inPlan(plan),
    aim: (_options, context) => Promise.resolve(aimAt(inPlan(context.plan), context)),
    async hit(_options, aim, context, sent) {
      const path = inPlan(context.plan);
      const master = victims(context.census(), 'master')[0];
      sent();
      if (!master) return { landed: false, evidence: `${aim.description}: hit nothing`, targets: [] };
      if (!(await context.signal(master.key, path.signal.name)))
        return { landed: false, evidence: `${aim.description}: not delivered`, targets: [] };
      const proof = path.subject === 'workers' ? workersReplaced : masterReplaced;
      const landing = await proof(path, master.key, aim, context);
      return { ...landing, evidence: `${aim.description}: ${landing.evidence}` };
    },
  };
}

function aimAt({ subject, signal }: Signalled, context: FaultContext): Aim {
  const census = context.census();
  const masters = victims(census, 'master');
  // The signal goes to the master; what is to be replaced are its workers, where the path says so.
  const targets = subject === 'workers' ? victims(census, 'workers') : masters;
  return {
    targets: keysOf(targets),
    undo: { kind: 'none', node: context.node.name, why: 'a server that renewed itself is not taken back' },
    description: `SIG${signal.name} to ${describeVictims('master', masters.slice(0, 1), census)}`,
  };
}

/** A new generation under the same pid, or a new master beside the old one, which is then told to leave. */
async function masterReplaced(path: Signalled, old: ProcessKey, aim: Aim, context: FaultContext): Promise<Landing> {
  const { targets } = aim;
  const { thenOld } = path.signal;
  const goneMs = context.node.service.stop.graceMs + SLACK_MS;
  const firstStepMs = atLeast(FIRST_STEP_MS, context);
  try {
    if (thenOld === undefined) {
      const census = await context.seen((each) => allGone(each, [old]), Math.max(firstStepMs, goneMs));
      return { landed: true, evidence: renewedWords(old, census), targets };
    }
    const first = await context.until((now) => successorOrEnd(old, now), 'a new master with workers', firstStepMs);
    if (first === 'old-gone')
      return { landed: true, evidence: 'the old master ended before a new one was up', targets };
    const answered = await answerOf(first, context);
    if (!(await context.signal(old, thenOld)))
      return { landed: true, evidence: `new master pid ${first.pid}; the old one had gone by itself`, targets };
    await context.seen((census) => allGone(census, [old]), goneMs);
    const words = `new master pid ${first.pid} (${answered}), SIG${thenOld} to the old one: gone`;
    return { landed: true, evidence: words, targets };
  } catch (error) {
    context.abort.throwIfAborted();
    return { landed: false, evidence: messageOf(error), targets };
  }
}

function renewedWords(old: ProcessKey, census: CensusEvent): string {
  const { pid, start } = parseKey(old);
  const same = census.processes.find((each) => each.pid === pid && parseKey(each.key).start === start && !each.zombie);
  return same ? `executed itself anew under pid ${pid}` : `pid ${pid} is gone`;
}

function successorOrEnd(old: ProcessKey, { census }: NodeNow): Look<{ key: ProcessKey; pid: number } | 'old-gone'> {
  if (!census) return { done: false, evidence: 'no census yet' };
  const next = successorIn(census, old);
  if (next) return { done: true, value: next };
  if (allGone(census, [old])) return { done: true, value: 'old-gone' };
  return { done: false, evidence: 'only the old master and its workers' };
}

/** "Once the child is verified to be up and running", as unicorn's SIGNALS document has it: by an answer of its own. */
async function answerOf({ key }: { readonly key: ProcessKey }, context: FaultContext): Promise<string> {
  if (!isAsked(context.node.service)) return 'has workers';
  try {
    return await context.until(
      ({ probe }): Look<string> => {
        if (probe?.outcome !== 'ok') return { done: false, evidence: probe?.outcome ?? 'no probe' };
        // Servers that do not say who answered are taken at their workers' word.
        if (probe.generation === undefined) return { done: true, value: 'has workers' };
        if (probe.generation.split('/').includes(key)) return { done: true, value: 'answers' };
        return { done: false, evidence: 'only the old one answers' };
      },
      'an answer of the new master',
      ANSWER_MS,
    );
  } catch {
    context.abort.throwIfAborted();
    return `no answer of its own in ${formatMs(ANSWER_MS)}`;
  }
}

/** All old workers gone. A part of them is a landing too: that the rest stays is for the receipt to say. */
async function workersReplaced(_path: Signalled, old: ProcessKey, aim: Aim, context: FaultContext): Promise<Landing> {
  const { targets } = aim;
  const stopMs = context.node.service.stop.graceMs;
  const allMs = stopMs + SLACK_MS + targets.length * atLeast(PER_WORKER_MS, context);
  const deadlineMs = Math.max(atLeast(FIRST_STEP_MS, context), allMs);
  const count = targets.length;
  try {
    await context.seen((census) => allGone(census, targets), deadlineMs);
    const master = allGone(context.census() ?? NOBODY, [old]) ? '; the master went too' : '';
    return { landed: count > 0, evidence: `all ${count} old workers are gone${master}`, targets };
  } catch (error) {
    context.abort.throwIfAborted();
    const gone = targets.filter((key) => allGone(context.census() ?? NOBODY, [key])).length;
    return { landed: gone > 0, evidence: `${gone} of ${count} old workers gone; ${messageOf(error)}`, targets };
  }
}

const NOBODY: Pick<CensusEvent, 'processes'> = { processes: [] };
