// One fault on one post, from aim to heal: the undo is written down first, the blow falls at its due time, the proof
// that it landed goes into the journal.
import { monotonicMs, sleep } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { ProcessKey } from '../core/identity.js';
import type { CensusEvent, FaultEvent, JournalEvent, Observe, SupervisorSaidEvent } from '../record/events.js';
import type { UndoLedger } from '../record/undo.js';
import type { LiveView } from '../observe/live-view.js';
import type { Plan } from '../plan/plan.js';
import type { PluginChoice } from '../plan/plugin-choice.js';
import { planAt, serviceOf } from '../plan/posts.js';
import type { App, Node, RunningDependency } from '../tier/plugins.js';
import type { Aim, Fault, FaultContext } from './fault.js';

/** Time to aim and to write the undo before the blow is due. */
const LEAD_MS = 60;
/** Observers look closely for this long around a fault. */
const FOCUS_MS = 20_000;
/** The time that healing may take, whatever happens to the run meanwhile. */
const HEAL_DEADLINE_MS = 10_000;

/** What a strike needs of the running environment. */
export interface StrikeTools {
  readonly plan: Plan;
  readonly app: App;
  readonly appOptions: unknown;
  readonly dependencies: readonly RunningDependency[];
  readonly live: LiveView;
  readonly ledger: UndoLedger;
  readonly observe: Observe;
  signal(node: string, key: ProcessKey, signal: string): Promise<boolean>;
  /** Has it done before the tier is taken down, whatever ends the rounds. */
  atEnd(what: string, undo: () => Promise<void>): void;
  /** Makes all observers of a node look closely. */
  focus(node: string, ms: number): void;
}

export interface Strike {
  readonly id: string;
  readonly round: number;
  readonly fault: Fault;
  readonly choice: PluginChoice;
  /** Or a further service of one, as a node that shares its container. */
  readonly node: Node;
}

/** Resolves when the fault has landed or missed and, where it has an undo, has been healed. */
export async function strike(
  { id, round, fault, choice, node }: Strike,
  tools: StrikeTools,
  abort: AbortSignal,
): Promise<void> {
  const { observe, ledger } = tools;
  const plan = planAt(tools.plan, serviceOf(node.name));
  const { options } = choice;
  const healAfterMs = fault.healAfterMs?.(options);
  const dueMs = monotonicMs() + LEAD_MS;
  tools.focus(node.name, FOCUS_MS);
  const common = {
    kind: 'fault',
    id,
    round,
    node: node.name,
    fault: fault.name,
    path: fault.path(options, plan),
  } as const;
  let aim: Aim | undefined;
  let sentAtMs: number | undefined;
  let stays = false;
  const write = (state: FaultEvent['state'], targets: readonly ProcessKey[], evidence: string): void =>
    observe({ ...common, state, targets, evidence });
  const context = faultContext(node, plan, tools, (targets, evidence) => write('again', targets, evidence), abort);
  try {
    const aimed = await fault.aim(options, context);
    ledger.arm(id, aimed.undo);
    aim = aimed;
    await sleep(dueMs - monotonicMs(), abort);
    const sent = (): void => {
      sentAtMs = monotonicMs();
      observe({
        ...common,
        state: 'sent',
        targets: aimed.targets,
        evidence: aimed.description,
        lateMs: Math.max(0, sentAtMs - dueMs),
        ...(healAfterMs === undefined ? {} : { undoneAfterMs: healAfterMs }),
        atMs: sentAtMs,
      });
    };
    const landing = await fault.hit(options, aimed, context, sent);
    write(landing.landed ? 'landed' : 'missed', landing.targets, landing.evidence);
    stays = landing.landed && aimed.undo.kind === 'exec' && healAfterMs === undefined;
    if (landing.landed && healAfterMs !== undefined) await sleep(healAfterMs, abort);
  } catch (error) {
    abort.throwIfAborted();
    if (sentAtMs === undefined) write('sent', aim?.targets ?? [], aim?.description ?? fault.name);
    write('missed', [], messageOf(error));
  } finally {
    if (aim) {
      const aimed = aim;
      const undo = (): Promise<void> => heal(fault, options, aimed, context, id, ledger, write);
      if (stays) tools.atEnd(`the undo of ${fault.name} on ${node.name}`, undo);
      else await undo();
    }
  }
}

async function heal(
  fault: Fault,
  options: unknown,
  aim: Aim,
  context: FaultContext,
  id: string,
  ledger: UndoLedger,
  write: (state: FaultEvent['state'], targets: readonly ProcessKey[], evidence: string) => void,
): Promise<void> {
  try {
    if (fault.heal && aim.undo.kind !== 'none') {
      // Healing has its own deadline and signal: it must also work when the run was interrupted.
      const evidence = await fault.heal(options, aim, { ...context, abort: AbortSignal.timeout(HEAL_DEADLINE_MS) });
      if (evidence !== undefined) write('healed', aim.targets, evidence);
    }
    ledger.undone(id, aim.undo);
  } catch (error) {
    write('heal-failed', aim.targets, messageOf(error));
  }
}

function faultContext(
  node: Node,
  plan: Plan,
  tools: StrikeTools,
  again: FaultContext['again'],
  abort: AbortSignal,
): FaultContext {
  const { live, app, appOptions, dependencies } = tools;
  const isHere = (event: JournalEvent): boolean => 'node' in event && event.node === node.name;
  return {
    plan,
    node,
    app,
    appOptions,
    dependencies,
    abort,
    again,
    until: (look, what, deadlineMs) => live.until(node.name, look, what, deadlineMs, abort),
    census: () => live.census(node.name),
    signal: (key, signal) => tools.signal(node.name, key, signal),
    heard: (match, deadlineMs) =>
      live.next(
        (event): event is SupervisorSaidEvent => event.kind === 'supervisor-said' && isHere(event) && match(event),
        `${node.supervisor.name} on ${node.name} to say it`,
        deadlineMs,
        abort,
      ),
    async seen(match, deadlineMs) {
      const now = live.census(node.name);
      if (now && match(now)) return now;
      return live.next(
        (event): event is CensusEvent => event.kind === 'census' && isHere(event) && match(event),
        `a change of processes on ${node.name}`,
        deadlineMs,
        abort,
      );
    },
  };
}
