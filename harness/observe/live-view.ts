// What the journal says right now: the latest of everything per node. The conductor steers by it (steady? landed?);
// it judges nothing, the verdict does.
import { levelWords } from '../plan/load-profile.js';
import type { LoadModel } from '../plan/load-plan.js';
import { isProbed, type Post } from '../plan/posts.js';
import type { Look } from '../core/clock.js';
import type { Emitter } from '../core/emitter.js';
import { HarnessError } from '../core/errors.js';
import { formatMs } from '../core/units.js';
import { isAtOrBelow } from '../record/family.js';
import type {
  BackendEvent,
  CensusEvent,
  JournalEvent,
  LoadFrameEvent,
  ProbeEvent,
  SupervisorEvent,
} from '../record/events.js';

/** Recent load is what the last two seconds of frames say. */
const RECENT_MS = 2_000;

/** The latest of everything that was seen of a node. */
export interface NodeNow {
  readonly census?: CensusEvent;
  readonly supervisor?: SupervisorEvent;
  readonly probe?: ProbeEvent;
  readonly backend?: BackendEvent;
  /** No process in it will ever be seen. */
  readonly isUnseen?: true;
}

export class LiveView {
  readonly #nodes = new Map<string, NodeNow>();
  readonly #posts: ReadonlyMap<string, Post>;
  readonly #frames: LoadFrameEvent[] = [];
  readonly #events: Emitter<JournalEvent>;
  #lastGoodAnswerMs: number | undefined;
  #level = 0;

  constructor(events: Emitter<JournalEvent>, posts: readonly Post[]) {
    this.#events = events;
    this.#posts = new Map(posts.map((post) => [post.name, post]));
    for (const { name } of posts) this.#nodes.set(name, {});
    events.on((event) => this.#take(event));
  }

  #take(event: JournalEvent): void {
    switch (event.kind) {
      case 'census':
      case 'supervisor':
      case 'probe':
      case 'backend':
        Object.assign(this.#nodes.get(event.node) ?? {}, { [event.kind]: event });
        return;
      case 'blind':
        if (event.forGood && event.who === 'agent' && event.node !== undefined)
          Object.assign(this.#nodes.get(event.node) ?? {}, { isUnseen: true });
        return;
      case 'load-frame':
        this.#frames.push(event);
        while (this.#frames[0] && this.#frames[0].atMs < event.atMs - RECENT_MS) this.#frames.shift();
        if (event.answered > 0) this.#lastGoodAnswerMs = event.atMs + 100;
        this.#level = event.level;
        return;
      default:
        return;
    }
  }

  /** Hands over each event of the journal, from now on; returns its end. */
  follow(listener: (event: JournalEvent) => void): () => void {
    return this.#events.on(listener);
  }

  /** The latest of everything that was seen of a node. */
  now(node: string): NodeNow {
    return this.#nodes.get(node) ?? {};
  }

  census(node: string): CensusEvent | undefined {
    return this.#nodes.get(node)?.census;
  }

  /** Time of the last good answer to the load, journal time; undefined before the first. */
  get lastGoodAnswerMs(): number | undefined {
    return this.#lastGoodAnswerMs;
  }

  /** True when the node answers direct probes. */
  answers(node: string): boolean {
    return this.#nodes.get(node)?.probe?.outcome === 'ok';
  }

  /** What is not as it should be at a post, in words; empty for a whole one. */
  troubles(post: string, good: { readonly k: number }): readonly string[] {
    const { census, supervisor, probe, backend, isUnseen } = this.#nodes.get(post) ?? {};
    // A further service is asked where it has a port, and the balancer knows nothing of it.
    const about: Pick<Post, 'service'> = this.#posts.get(post) ?? {};
    const troubles: string[] = [];
    if (isProbed(about)) troubles.push(...probeTroubles(probe, good));
    if (!supervisor) troubles.push('the supervisor has not been heard');
    else if (supervisor.state !== 'running') troubles.push(`supervisor says "${supervisor.word}"`);
    const masters = census?.processes.filter((process) => process.role === 'master' && !process.zombie) ?? [];
    // Where nobody can be seen that is no trouble that would pass; the verdict says what could not be proved.
    if (masters.length !== 1 && !isUnseen) troubles.push(`${masters.length} masters`);
    const tracked = supervisor?.trackedPid;
    if (masters[0] && tracked != null && !isAtOrBelow(masters[0], tracked, census)) {
      troubles.push(`the supervisor tracks pid ${tracked}, the listener belongs to pid ${masters[0].pid}`);
    }
    if (about.service) return troubles;
    if (!backend) troubles.push('the balancer has not been heard');
    else if (!backend.up) troubles.push(`balancer: ${backend.word}`);
    return troubles;
  }

  /** What the load got in the last two seconds, and its level now. */
  recentLoad(): { readonly answered: number; readonly failed: number; readonly level: number; readonly ofMs: number } {
    const answered = this.#frames.reduce((sum, frame) => sum + frame.answered, 0);
    const failed = this.#frames.reduce((sum, frame) => sum + Object.values(frame.failed).reduce((a, b) => a + b, 0), 0);
    return { answered, failed, level: this.#level, ofMs: RECENT_MS };
  }

  /** What keeps the load from being as planned; empty when it is. */
  loadTroubles(model: LoadModel, plannedLevel: number, failedShareLimit: number): readonly string[] {
    const troubles: string[] = [];
    if (this.#level < plannedLevel) troubles.push(`${this.#level} of ${levelWords(model, plannedLevel)}`);
    const { answered, failed } = this.recentLoad();
    if (answered === 0) troubles.push('no answers in the last 2 s');
    else if (failed / (answered + failed) > failedShareLimit)
      troubles.push(`${failed} of ${answered + failed} requests failed in the last 2 s`);
    return troubles;
  }

  /** Looks at a node, now and at each of its events, until done; rejects at the deadline with the last evidence. */
  async until<T>(
    node: string,
    look: (now: NodeNow) => Look<T>,
    what: string,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<T> {
    let seen = look(this.#nodes.get(node) ?? {});
    const isDone = (event: JournalEvent): event is JournalEvent => {
      if ('node' in event && event.node === node) seen = look(this.#nodes.get(node) ?? {});
      return seen.done;
    };
    if (!seen.done) {
      await this.next(isDone, what, deadlineMs, signal).catch((error: unknown) => {
        if (!(error instanceof HarnessError) || error.code !== 'timed-out' || seen.done) throw error;
        throw new HarnessError('timed-out', error.message, { evidence: seen.evidence });
      });
    }
    if (seen.done) return seen.value;
    throw new HarnessError('internal', `${what}: the wait ended early`, { evidence: seen.evidence });
  }

  /** Resolves with the first matching event, from now on; rejects at the deadline. */
  next<E extends JournalEvent>(
    match: (event: JournalEvent) => event is E,
    what: string,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<E> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        forget();
        signal.removeEventListener('abort', aborted);
      };
      const aborted = (): void => {
        stop();
        reject(signal.reason instanceof Error ? signal.reason : new HarnessError('interrupted', 'aborted'));
      };
      const timer = setTimeout(() => {
        stop();
        reject(new HarnessError('timed-out', `waited ${formatMs(deadlineMs)} for ${what}`));
      }, deadlineMs);
      const forget = this.#events.on((event) => {
        if (!match(event)) return;
        stop();
        resolve(event);
      });
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    });
  }
}

function probeTroubles(probe: ProbeEvent | undefined, { k }: { readonly k: number }): readonly string[] {
  if (!probe) return ['not probed yet'];
  if (probe.outcome !== 'ok') return [`direct probe: ${probe.outcome}${probe.status ? ` ${probe.status}` : ''}`];
  return probe.streak < k ? [`only ${probe.streak} good probes in a row`] : [];
}
