// Answers what is asked of a held tier. It decides nothing about the tier by itself: it looks, strikes and changes the load.
import { waitFor, type Look } from '../core/clock.js';
import { HarnessError } from '../core/errors.js';
import type { LoadedTier } from '../environment.js';
import { faults } from '../faults/index.js';
import { strike } from '../faults/strike.js';
import type { Fault } from '../faults/fault.js';
import { levelWords } from '../plan/load-profile.js';
import type { Plan, RoundPlan } from '../plan/plan.js';
import { postsBeside, postsOf, type Post } from '../plan/posts.js';
import type { BackendEvent, ProbeEvent } from '../record/events.js';
import { collectLogs } from '../tier/logs.js';
import type { Node } from '../tier/plugins.js';
import type { Receipt } from '../verdict/model.js';
import { whyNotOfService } from '../verdict/receipts/applicability.js';
import type { Answers, Injected, NodeStatus, Question } from './questions.js';
import { roundAsked, unknownPost } from './round.js';
import type { HeldTier } from './state.js';

const LOOK_EVERY_MS = 25;
/** Receipts close by themselves; this is beyond any of them. */
const RECEIPT_DEADLINE_MS = 300_000;
/** Stands where a further service is asked by nobody. */
const NOT_ASKED = '-';

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

  /** A further service lives in its node. */
  #node(name: string): Node {
    const { posts } = this.#held.loaded.tier;
    return posts.find((post) => post.name === name) ?? unknownPost(name, this.#held.plan);
  }

  #receipts(): readonly Receipt[] {
    const { tracker } = this.#held.loaded.receipts;
    const open = postsOf(this.#held.plan).flatMap(({ name }) => tracker.soFar(name) ?? []);
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
      nodes: postsOf(plan).map((post) => this.#nodeStatus(post, receipts)),
      receipts,
    };
  }

  #nodeStatus(post: Post, receipts: readonly Receipt[]): NodeStatus {
    const { name: node } = post;
    const { live } = this.#held.loaded;
    const { census, supervisor, probe, backend } = live.now(node);
    const living = (census?.processes ?? []).filter(({ zombie }) => !zombie);
    return {
      node,
      master: living.find(({ role }) => role === 'master')?.key ?? null,
      workers: living.filter(({ role }) => role === 'worker').length,
      supervisorSays: supervisor?.word ?? 'not heard',
      trackedPid: supervisor?.trackedPid ?? null,
      answers: whyNotOfService('answers', post) === undefined ? probeWords(probe) : NOT_ASKED,
      balancer: whyNotOfService('balancer-up', post) === undefined ? backendWords(backend) : NOT_ASKED,
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
    asked: Extract<Question, { do: 'inject' }>,
    tell: (line: string) => void,
    gone: AbortSignal,
  ): Promise<Injected> {
    const { plan, loaded } = this.#held;
    const round = roundAsked(asked, this.#round + 1, plan);
    this.#round = round.round;
    const names = round.steps.flat();
    const busy = names.filter((name) => this.#busy.has(name));
    if (busy.length > 0)
      throw new HarnessError('usage', `a fault is at work on ${busy.join(', ')} already`, {
        hint: 'wait for its receipt, or hit another node',
      });
    for (const name of names) this.#busy.add(name);
    const missed: Record<string, string> = {};
    const forget = loaded.tier.nodes.length === 0 ? undefined : this.#tellAbout(round, names, missed, tell);
    try {
      await this.#baselineOf(names, tell, gone);
      plan.rounds.push(round);
      await this.#strikeAll(round, names);
      const hit = names.filter((name) => missed[name] === undefined);
      const receipts = await this.#receiptsOf(round, hit, asked.untilJudged, gone);
      return { schemaVersion: 1, fault: round.fault.kind, nodes: names, receipts, missed };
    } finally {
      forget?.();
      for (const name of names) this.#busy.delete(name);
    }
  }

  /** Right after `up` too little of the load has been seen to compare a share with. Little load may never be enough. */
  async #baselineOf(names: readonly string[], tell: (line: string) => void, gone: AbortSignal): Promise<void> {
    const { plan, loaded } = this.#held;
    if (plan.nodes.length === 1) return; // It has all of the load or none.
    const asked = postsOf(plan).filter(
      (post) => names.includes(post.name) && whyNotOfService('share-restored', post) === undefined,
    );
    const look = (): Look<true> => {
      const lacking = asked.filter(({ name }) => !loaded.receipts.tracker.hasBaseline(name)).map(({ name }) => name);
      return lacking.length === 0 ? { done: true, value: true } : { done: false, evidence: lacking.join(', ') };
    };
    const first = look();
    if (first.done) return;
    tell(`waiting until enough of the load is seen to compare with: ${first.evidence}`);
    const signal = AbortSignal.any([gone, this.#abort.signal]);
    const deadlineMs = plan.limits.recoveredMs;
    try {
      await waitFor(look, { what: 'a baseline', deadlineMs, everyMs: LOOK_EVERY_MS, signal });
    } catch {
      signal.throwIfAborted(); // With too little load the receipt says that no share was seen.
    }
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
      tier.posts
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
    hit: readonly string[],
    untilJudged: boolean,
    gone: AbortSignal,
  ): Promise<readonly Receipt[]> {
    const { receipts, conductor } = this.#held.loaded;
    // What hits one service of a node may take others along: their receipts have the same round.
    const names = postsBeside(this.#held.plan, hit);
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

function probeWords(probe: ProbeEvent | undefined): string {
  if (probe === undefined) return 'not probed';
  return probe.outcome === 'ok' ? String(probe.status ?? 'ok') : probe.outcome;
}

/** Of a server that is up the word is enough: how its last check went is told when it matters. */
function backendWords(backend: BackendEvent | undefined): string {
  if (backend === undefined) return 'not heard';
  return backend.up ? 'UP' : `${backend.word}${backend.reason ? ` (${backend.reason})` : ''}`;
}
