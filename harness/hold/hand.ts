// Answers what is asked of a held tier. It decides nothing about the tier by itself: it looks, strikes and changes the load.
import { waitFor } from '../core/clock.js';
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { seededRandom } from '../core/random.js';
import type { LoadedTier } from '../environment.js';
import { faults } from '../faults/index.js';
import { strike } from '../faults/strike.js';
import type { Fault } from '../faults/fault.js';
import { levelWords } from '../plan/load-profile.js';
import type { Plan, PluginChoice, RoundPlan, TargetSpec } from '../plan/plan.js';
import { missingPowers } from '../plan/powers.js';
import { targetSteps } from '../plan/targets.js';
import type { BackendEvent } from '../record/events.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import { checkChoice, chosen } from '../scenario/choices.js';
import { wayOut } from '../scenario/issue.js';
import { collectLogs } from '../tier/logs.js';
import type { Node } from '../tier/plugins.js';
import type { Receipt } from '../verdict/model.js';
import type { Answers, Injected, NodeStatus, Question } from './questions.js';
import type { HeldTier } from './state.js';

const LOOK_EVERY_MS = 25;
/** Receipts close by themselves; this is beyond any of them. */
const RECEIPT_DEADLINE_MS = 300_000;
const TARGET_WORDS = ['one', 'half', 'all-but-one', 'all'] as const;

export interface Held {
  readonly about: HeldTier;
  readonly folder: string;
  /** Its rounds are what has been injected: they grow. */
  readonly plan: Plan & { readonly rounds: RoundPlan[] };
  readonly loaded: LoadedTier;
  readonly upAt: number;
  /** Ends it. */
  readonly letGo: () => void;
}

export class Hand {
  readonly #held: Held;
  /** Nodes at which a fault is at work. */
  readonly #busy = new Set<string>();
  #round = 0;

  constructor(held: Held) {
    this.#held = held;
  }

  async answer(
    question: Question,
    tell: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Answers[Question['do']]> {
    switch (question.do) {
      case 'status':
        return this.#status();
      case 'inject':
        return this.#inject(question, tell, signal);
      case 'exec':
        return this.#node(question.node).container.exec(question.argv, { signal });
      case 'logs':
        return { text: await collectLogs(this.#node(question.node).container, question.lines) };
      case 'load':
        return this.#load(question.level);
      case 'down':
        this.#held.letGo();
        return { folder: this.#held.folder, receipts: this.#receipts() };
    }
  }

  #node(name: string): Node {
    const { nodes } = this.#held.loaded.tier;
    const found = nodes.find((node) => node.name === name);
    if (found) return found;
    const known = nodes.map((node) => node.name);
    const nearest = nearestName(name, known);
    throw new HarnessError('usage', `"${name}" is not a node of this tier`, {
      hint: `known: ${known.join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
    });
  }

  #receipts(): readonly Receipt[] {
    const { tracker } = this.#held.loaded.receipts;
    const open = this.#held.plan.nodes.flatMap((node) => tracker.soFar(node) ?? []);
    return [...tracker.closed(), ...open].sort((a, b) => a.startedMs - b.startedMs);
  }

  #status(): Answers['status'] {
    const { about, folder, plan, loaded, upAt } = this.#held;
    loaded.receipts.tick(loaded.conductor.nowMs());
    const { answered, failed, level, ofMs } = loaded.live.recentLoad();
    const receipts = this.#receipts();
    const upMs = Date.now() - upAt;
    return {
      schemaVersion: 1,
      name: about.name,
      scenario: plan.scenario,
      environment: plan.environment.name,
      runId: about.runId,
      folder,
      addresses: about.addresses!,
      upMs,
      leftMs: Math.max(0, about.forMs - upMs),
      load: {
        words: levelWords(plan.load.model, level),
        answeredPerSecond: (answered * 1000) / ofMs,
        failedPerSecond: (failed * 1000) / ofMs,
      },
      nodes: plan.nodes.map((node) => this.#nodeStatus(node, receipts)),
      receipts,
    };
  }

  #nodeStatus(node: string, receipts: readonly Receipt[]): NodeStatus {
    const { live } = this.#held.loaded;
    const { census, supervisor, probe, backend } = live.now(node);
    const living = (census?.processes ?? []).filter(({ zombie }) => !zombie);
    return {
      node,
      master: living.find(({ role }) => role === 'master')?.key ?? null,
      workers: living.filter(({ role }) => role === 'worker').length,
      supervisorSays: supervisor?.word ?? 'not heard',
      trackedPid: supervisor?.trackedPid ?? null,
      answers:
        probe === undefined ? 'not probed' : probe.outcome === 'ok' ? String(probe.status ?? 'ok') : probe.outcome,
      balancer: backendWords(backend),
      restarts: receipts.filter((receipt) => receipt.node === node).length,
      troubles: live.troubles(node, { k: this.#held.plan.proof.consecutive }),
    };
  }

  async #load(level: number): Promise<Answers['load']> {
    const { plan, loaded } = this.#held;
    await loaded.changeLoad({ ...plan.load, stages: [{ level, rampMs: 0 }] });
    return { words: levelWords(plan.load.model, level) };
  }

  async #inject(
    { fault, target, untilJudged }: Extract<Question, { do: 'inject' }>,
    tell: (line: string) => void,
    gone: AbortSignal,
  ): Promise<Injected> {
    const { plan, loaded } = this.#held;
    const round = this.#roundOf(fault, target);
    const names = round.steps.flat();
    const busy = names.filter((name) => this.#busy.has(name));
    if (busy.length > 0)
      throw new HarnessError('usage', `a fault is at work on ${busy.join(', ')} already`, {
        hint: 'wait for its receipt, or hit another node',
      });
    plan.rounds.push(round);
    for (const name of names) this.#busy.add(name);
    const missed: Record<string, string> = {};
    const forget = loaded.tier.nodes.length === 0 ? undefined : this.#tellAbout(round, names, missed, tell);
    try {
      await this.#strikeAll(round, names);
      const hit = names.filter((name) => missed[name] === undefined);
      const receipts = await this.#receiptsOf(round, hit, untilJudged, gone);
      return { schemaVersion: 1, fault: round.fault.kind, nodes: names, receipts, missed };
    } finally {
      forget?.();
      for (const name of names) this.#busy.delete(name);
    }
  }

  /** The fault as a round of the plan, checked as one of a scenario is. */
  #roundOf({ kind, ...options }: { readonly kind: string }, target: string | readonly string[]): RoundPlan {
    const { plan } = this.#held;
    const checked = checkChoice(allPlugIns, 'faults', chosen({ kind, ...options }, []));
    if (!checked.ok) {
      const lines = checked.issues.flatMap((issue) => {
        const path = issue.path.join('.');
        const way = wayOut(issue);
        return [`${path === '' ? '' : `${path}: `}${issue.message}`, ...(way === undefined ? [] : [`  ${way}`])];
      });
      throw new HarnessError('invalid', lines.join('\n'));
    }
    const spec = this.#target(target);
    const round = (this.#round += 1);
    const random = seededRandom(plan.seed).fork(`round ${String(round)}`);
    const steps = [targetSteps(spec, plan.nodes, random).flat()];
    const planned: RoundPlan = { round, fault: checked.choice, target: spec, steps, notBeforeMs: 0 };
    const [missing] = missingPowers([{ ...plan, rounds: [planned] }], allPlugIns);
    if (missing) throw new HarnessError('invalid', missing.message);
    this.#refusePid1(checked.choice);
    return planned;
  }

  /** The same that a scenario is told by its rules (scenario/rules.ts). */
  #refusePid1({ kind, options }: PluginChoice): void {
    const isAimed = kind === 'supervisor-death' || options['process'] === 'supervisor';
    const { supervisor } = this.#held.loaded.tier.nodes[0]!;
    if (isAimed && supervisor.isPid1)
      throw new HarnessError('invalid', `${supervisor.name} is PID 1 of the node; killing it ends the node`, {
        hint: 'remuster inject node-reboot does that',
      });
  }

  #target(target: string | readonly string[]): TargetSpec {
    if (typeof target !== 'string') return { kind: 'named', nodes: target.map((name) => this.#node(name).name) };
    const word = TARGET_WORDS.find((each) => each === target);
    return word === undefined ? { kind: 'named', nodes: [this.#node(target).name] } : { kind: word };
  }

  async #strikeAll(round: RoundPlan, names: readonly string[]): Promise<void> {
    const { tier, conductor } = this.#held.loaded;
    const fault: Fault = faults[round.fault.kind as keyof typeof faults];
    // The blow and its undo are the holder's: they do not end with the command that asked for them.
    const abort = this.#abort.signal;
    conductor.observe({
      kind: 'round',
      round: round.round,
      step: 0,
      state: 'started',
      evidence: `${fault.name}: ${names.join(', ')}`,
    });
    await Promise.all(
      tier.nodes
        .filter(({ name }) => names.includes(name))
        .map((node) =>
          strike(
            { id: `${String(round.round)}.0.${node.name}`, round: round.round, fault, choice: round.fault, node },
            conductor,
            abort,
          ),
        ),
    );
    conductor.observe({ kind: 'round', round: round.round, step: 0, state: 'ended' });
  }

  readonly #abort = new AbortController();

  /** Ends faults that are at work, healed. */
  drop(reason: unknown): void {
    this.#abort.abort(reason);
  }

  async #receiptsOf(
    { round }: RoundPlan,
    names: readonly string[],
    untilJudged: boolean,
    gone: AbortSignal,
  ): Promise<readonly Receipt[]> {
    const { receipts, conductor } = this.#held.loaded;
    const ofRound = (receipt: Receipt): boolean => receipt.round === round;
    const isDone = (node: string): boolean =>
      !receipts.isOpen(node) || (!untilJudged && receipts.tracker.isRecovered(node));
    await waitFor(
      () => {
        receipts.tick(conductor.nowMs());
        const open = names.filter((name) => !isDone(name));
        return open.length === 0 ? { done: true, value: true } : { done: false, evidence: `open: ${open.join(', ')}` };
      },
      {
        what: 'the receipts',
        deadlineMs: RECEIPT_DEADLINE_MS,
        everyMs: LOOK_EVERY_MS,
        signal: AbortSignal.any([gone, this.#abort.signal]),
      },
    );
    return this.#receipts().filter((receipt) => ofRound(receipt) && names.includes(receipt.node));
  }

  /** What happens to the hit nodes, in lines; returns its end. Notes the nodes that were missed. */
  #tellAbout(
    { round }: RoundPlan,
    names: readonly string[],
    missed: Record<string, string>,
    tell: (line: string) => void,
  ): () => void {
    return this.#held.loaded.live.follow((event) => {
      if (event.kind !== 'fault' || event.round !== round || !names.includes(event.node)) return;
      tell(`${event.node}  fault ${event.fault} ${event.state}${event.evidence === '' ? '' : `: ${event.evidence}`}`);
      if (event.state === 'missed') missed[event.node] = event.evidence;
    });
  }
}

/** Of a server that is up the word is enough: how its last check went is told when it matters. */
function backendWords(backend: BackendEvent | undefined): string {
  if (backend === undefined) return 'not heard';
  return backend.up ? 'UP' : `${backend.word}${backend.reason ? ` (${backend.reason})` : ''}`;
}
