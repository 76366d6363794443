// The story of an environment, oldest first, in words a person on call understands: who did what to whom, and when.
import type { Plan } from '../plan/plan.js';
import { postWords, type PostWords } from '../plan/post-words.js';
import { postsOf } from '../plan/posts.js';
import type { CensusEvent, FaultEvent, JournalEvent, ProbeEvent, SupervisorSaidEvent } from '../record/events.js';
import { formatMs } from '../core/units.js';
import type { Cascade, TimelineEntry } from './model.js';
import { probeWords } from './receipts/claims/answers.js';
import { tenth } from './receipts/closing.js';
import type { ReceiptTracker } from './receipts/tracker.js';

/** So many entries tell any run; of a soak the plain ones are left out first. */
const MOST_ENTRIES = 600;
const MOST_PLAIN = 300;
/** Silence of a node at the end of the run that is worth an entry. */
const SILENT_MS = 5_000;
const BAD_PROBES = 2;

/** What is remembered of each node for the summary. */
export interface NodeTale {
  lastOkMs: number | undefined;
  /** When it last began to answer after a silence. */
  backMs: number | undefined;
  configuration: string | undefined;
  policyDetail: string | undefined;
  supervisorWord: string | undefined;
  supervisorIsGood: boolean;
  masterPid: number | undefined;
}

interface Memory extends NodeTale {
  masterKey: string | undefined;
  isUp: boolean | undefined;
  isAnswering: boolean | undefined;
}

export class Story {
  readonly #plan: Plan;
  readonly #words: (post: string) => PostWords;
  readonly #tracker: ReceiptTracker;
  readonly #entries: TimelineEntry[] = [];
  readonly #memory: ReadonlyMap<string, Memory>;
  /** When each fault was sent: it is told there, with the proof that came later. */
  readonly #sentMs = new Map<string, number>();
  #plain = 0;
  #lastMs = 0;

  constructor(plan: Plan, tracker: ReceiptTracker) {
    this.#plan = plan;
    this.#words = postWords(plan);
    this.#tracker = tracker;
    const blank = (): Memory => ({
      lastOkMs: undefined,
      backMs: undefined,
      configuration: undefined,
      policyDetail: undefined,
      supervisorWord: undefined,
      supervisorIsGood: false,
      masterPid: undefined,
      masterKey: undefined,
      isUp: undefined,
      isAnswering: undefined,
    });
    this.#memory = new Map(postsOf(plan).map(({ name }) => [name, blank()]));
  }

  taleOf(node: string): NodeTale | undefined {
    return this.#memory.get(node);
  }

  /** After the tracker has taken the same event. */
  step(event: JournalEvent): void {
    if (event.kind === 'traffic') {
      for (const { node, outcome } of event.cells) {
        const memory = node === null || outcome !== 'ok' ? undefined : this.#memory.get(node);
        if (memory) memory.lastOkMs = event.atMs + 100;
      }
      return;
    }
    if (event.kind === 'load' && event.state === 'died')
      this.#say(event.atMs, null, 'the load generator ended by itself', 'bad');
    if (event.kind === 'cut') this.#say(event.atMs, null, `cut short (${event.reason}): ${event.evidence}`, 'bad');
    if (event.kind === 'steady' && !event.ok)
      this.#say(event.atMs, null, `not steady before round ${event.round}: ${event.evidence}`, 'bad');
    if (event.kind === 'sentinel' && this.#tracker.isWatching) {
      const [text, tone] =
        event.state === 'failing' ? (['nobody gets in', 'bad'] as const) : (['users get in again', 'good'] as const);
      this.#say(event.atMs, null, `${text} (sentinel; ${event.evidence})`, tone);
    }
    // Its check tells what became of the writes. What is there twice breaks no promise, and is told.
    if (event.kind === 'read-back' && event.after !== 'restart' && event.twice.length > 0)
      this.#say(event.atMs, event.node, `has ${event.twice.length} of its writes more than once`, 'plain');
    if (event.kind === 'written' || event.kind === 'read-back') return;
    if (!('node' in event) || event.kind === 'smoke' || event.kind === 'service') return;
    if (event.kind === 'sample' || event.kind === 'stock') return;
    // What happens while the tier is taken down is no part of the story.
    if (this.#tracker.loadStartMs !== undefined && !this.#tracker.isWatching && event.kind !== 'fault') return;
    this.#lastMs = Math.max(this.#lastMs, event.atMs);
    const memory = this.#memory.get(event.node);
    if (!memory) return;
    switch (event.kind) {
      case 'fault':
        this.#fault(event);
        return;
      case 'census':
        this.#census(event, memory);
        return;
      case 'supervisor': {
        const wasGood = memory.supervisorIsGood;
        memory.supervisorWord = event.word;
        memory.supervisorIsGood = event.state === 'running';
        const isBad = event.state === 'failed' || event.state === 'unmonitored' || event.state === 'unreachable';
        if (isBad && wasGood) {
          const { supervisor } = this.#words(event.node);
          this.#say(event.atMs, event.node, `${supervisor} says "${event.word}"`, 'bad');
        }
        return;
      }
      case 'supervisor-said':
        this.#said(event, memory);
        return;
      case 'probe':
        this.#probe(event, memory);
        return;
      case 'backend': {
        if (memory.isUp !== undefined && memory.isUp !== event.up) {
          const reason = event.reason === undefined ? '' : ` (${event.reason})`;
          this.#say(
            event.atMs,
            event.node,
            `${this.#plan.balancer.kind}: ${event.word}${reason}`,
            event.up ? 'good' : 'bad',
          );
        }
        memory.isUp = event.up;
        return;
      }
      case 'blind':
        this.#say(
          event.atMs,
          event.node,
          `${event.who} ${event.state === 'lost' ? 'lost sight' : 'sees again'}: ${event.evidence}`,
          'plain',
        );
        return;
    }
  }

  #say(atMs: number, node: string | null, text: string, tone: TimelineEntry['tone']): void {
    const { loadStartMs } = this.#tracker;
    if (loadStartMs === undefined && tone === 'plain') return;
    if (tone === 'plain') this.#plain += 1;
    if (this.#entries.length >= MOST_ENTRIES || (tone === 'plain' && this.#plain > MOST_PLAIN)) return;
    this.#entries.push({ atMs: tenth(atMs - (loadStartMs ?? 0)), node, text, tone });
  }

  #fault({ id, state, fault, node, atMs, evidence }: FaultEvent): void {
    switch (state) {
      case 'sent':
        this.#sentMs.set(id, atMs);
        return;
      case 'again':
        this.#say(atMs, node, `fault ${fault}: ${evidence}`, 'fault');
        return;
      case 'landed':
        this.#say(this.#sentMs.get(id) ?? atMs, node, `fault ${fault}: ${evidence}`, 'fault');
        return;
      case 'missed':
        this.#say(atMs, node, `fault ${fault} missed: ${evidence}`, 'bad');
        return;
      case 'healed':
        this.#say(atMs, node, `fault ${fault} undone`, 'fault');
        return;
      case 'heal-failed':
        this.#say(atMs, node, `fault ${fault} could not be undone: ${evidence}`, 'bad');
        return;
    }
  }

  #census({ atMs, node, processes }: CensusEvent, memory: Memory): void {
    const masters = processes.filter((process) => process.role === 'master' && !process.zombie);
    const master = masters.find((process) => process.key === memory.masterKey) ?? masters[0];
    if (master?.key === memory.masterKey) return;
    const isFirst = memory.masterKey === undefined && memory.masterPid === undefined;
    const { server, works, idle } = this.#words(node);
    if (master) {
      if (!isFirst) this.#say(atMs, node, `new ${server} (pid ${master.pid}) ${works}`, 'good');
      memory.masterPid = master.pid;
    } else this.#say(atMs, node, `${server} (pid ${memory.masterPid ?? '?'}) is gone; ${idle}`, 'plain');
    memory.masterKey = master?.key;
  }

  #said({ atMs, node, line, means }: SupervisorSaidEvent, memory: Memory): void {
    if (!means) return;
    const { supervisor, server } = this.#words(node);
    switch (means.action) {
      case 'restart-by-policy': {
        memory.policyDetail = [means.policy, means.detail].filter((word) => word !== undefined).join(' ');
        const isOurs = this.#tracker.openOf(node)?.trigger.kind === 'fault';
        const words = memory.policyDetail === '' ? `"${line}"` : memory.policyDetail;
        this.#say(atMs, node, `${words}; ${supervisor} restarts ${server} by policy`, isOurs ? 'fault' : 'bad');
        return;
      }
      case 'configuration':
        memory.configuration = line;
        this.#say(atMs, node, `${supervisor}: "${line}"`, 'bad');
        return;
      case 'gave-up':
        this.#say(atMs, node, `${supervisor} gave up: "${line}"`, 'bad');
        return;
      case 'start':
      case 'stop':
      case 'noticed-exit':
        return;
    }
  }

  #probe(event: ProbeEvent, memory: Memory): void {
    if (event.outcome === 'ok') {
      memory.lastOkMs = Math.max(memory.lastOkMs ?? 0, event.atMs + event.tookMs);
      if (memory.isAnswering === false) {
        memory.backMs = event.atMs + event.tookMs;
        this.#say(memory.backMs, event.node, 'answers again', 'good');
      }
      memory.isAnswering = true;
    } else if (memory.isAnswering !== false && (event.streak >= BAD_PROBES || event.outcome === 'timeout')) {
      if (memory.isAnswering) this.#say(event.atMs, event.node, `does not answer: ${probeWords(event)}`, 'bad');
      memory.isAnswering = false;
    }
  }

  /** After everything else has finished. */
  finish(cascade: Cascade): readonly TimelineEntry[] {
    const { loadStartMs } = this.#tracker;
    const entries = [...this.#entries];
    if (loadStartMs !== undefined) {
      for (const [node, { lastOkMs }] of this.#memory) {
        if (lastOkMs === undefined || this.#lastMs - lastOkMs < SILENT_MS) continue;
        entries.push({ atMs: tenth(lastOkMs - loadStartMs), node, text: 'last good answer', tone: 'bad' });
      }
    }
    if (cascade.totalOutageAtMs !== undefined) {
      const since = cascade.outageMs === undefined ? '' : `, ${formatMs(cascade.outageMs)} after the first restart`;
      const words = this.#plan.nodes.map((node) => this.#memory.get(node)?.supervisorWord ?? '?').join(', ');
      const text = `TOTAL OUTAGE${since}. ${this.#plan.environment.node.supervisor.kind} says: ${words}`;
      entries.push({ atMs: cascade.totalOutageAtMs, node: null, text, tone: 'bad' });
    }
    return entries
      .map((entry, index) => ({ entry, index }))
      .sort((a, b) => a.entry.atMs - b.entry.atMs || a.index - b.index)
      .map(({ entry }) => entry);
  }
}
