// Do injured nodes pull others down? Follows nodes that were not hit out of service and back; what stays out longer than
// the limit makes a chain. A link says `because` only where the node's share and memory compare with its own baseline.
import type { Plan } from '../plan/plan.js';
import { nodeOf } from '../plan/posts.js';
import type { JournalEvent, SampleEvent } from '../record/events.js';
import { Darkness } from './darkness.js';
import type { Cascade, CascadeLink, Receipt } from './model.js';
import { tenth } from './receipts/closing.js';
import type { OpenReceipt } from './receipts/open-receipt.js';
import { RecentCount } from './receipts/recent-count.js';
import type { ReceiptTracker } from './receipts/tracker.js';
import { hasBroken, recoveredAtMs } from './evidence.js';

const MIB = 1024 ** 2;
/** So much more than in the baseline is more, not noise. */
const MORE_SHARE = 1.1;
const MORE_MEMORY = 1.03;
const BASELINE_SAMPLES = 10;
const RECENT_SAMPLES = 3;
/** A node whose direct probes fail for so long has left service, whatever the balancer says. */
const PROBES_BAD_MS = 1_000;

interface Away {
  readonly sinceMs: number;
  readonly why: string;
  readonly byMemory: boolean;
  readonly share: number | undefined;
  readonly memory: number | undefined;
}

interface Watched {
  readonly ok: RecentCount;
  samples: number[];
  baselineMemory: number | undefined;
  badSinceMs: number | undefined;
  away: Away | undefined;
  link: (CascadeLink & { readonly growth: number }) | undefined;
}

export class CascadeWatch {
  readonly darkness = new Darkness();
  readonly #plan: Plan;
  readonly #tracker: ReceiptTracker;
  readonly #nodes: ReadonlyMap<string, Watched>;
  readonly #tier = new RecentCount(5_000);
  #firstRestartMs: number | undefined;
  #nowMs = 0;

  constructor(plan: Plan, tracker: ReceiptTracker) {
    this.#plan = plan;
    this.#tracker = tracker;
    this.#nodes = new Map(
      plan.nodes.map((name) => [
        name,
        {
          ok: new RecentCount(5_000),
          samples: [],
          baselineMemory: undefined,
          badSinceMs: undefined,
          away: undefined,
          link: undefined,
        },
      ]),
    );
  }

  /** After the tracker has taken the same event. */
  step(event: JournalEvent): void {
    this.darkness.step(event);
    if (!this.#tracker.isWatching) return;
    this.#nowMs = Math.max(this.#nowMs, event.atMs);
    if (event.kind === 'traffic') {
      for (const { node, outcome, count } of event.cells) {
        if (outcome !== 'ok' || node === null) continue;
        this.#nodes.get(node)?.ok.add(event.atMs, count);
        this.#tier.add(event.atMs, count);
      }
    } else if (event.kind === 'sample') this.#sample(event);
    else if (event.kind === 'probe') {
      const watched = this.#nodes.get(event.node);
      if (watched) watched.badSinceMs = event.outcome === 'ok' ? undefined : (watched.badSinceMs ?? event.atMs);
    }
    for (const receipt of this.#tracker.openReceipts()) {
      this.#firstRestartMs = Math.min(this.#firstRestartMs ?? Infinity, receipt.startedMs);
    }
    if (!('node' in event)) return;
    const watched = this.#nodes.get(event.node);
    if (watched) this.#follow(event.node, watched, this.#nowMs);
  }

  #sample({ node, memoryBytes }: SampleEvent): void {
    const watched = this.#nodes.get(node);
    if (!watched) return;
    if (this.#firstRestartMs === undefined) {
      watched.samples = [...watched.samples, memoryBytes].slice(-BASELINE_SAMPLES);
      watched.baselineMemory = watched.samples.reduce((sum, bytes) => sum + bytes, 0) / watched.samples.length;
    } else watched.samples = [...watched.samples, memoryBytes].slice(-RECENT_SAMPLES);
  }

  #follow(name: string, watched: Watched, nowMs: number): void {
    const open = this.#tracker.openOf(name);
    if (this.#isHit(name)) {
      watched.away = undefined;
      return;
    }
    const why = this.#whyAway(name, watched, open, nowMs);
    if (why === undefined) {
      if (watched.away) this.#linkIfLong(name, watched, this.#backMs(name, watched.away, nowMs));
      watched.away = undefined;
      return;
    }
    const byMemory = open?.trigger.kind === 'policy' && open.trigger.policy === 'memory';
    if (watched.away) {
      // The supervisor's word on a restart may come after the restart itself.
      if (open?.startedMs === watched.away.sinceMs) watched.away = { ...watched.away, why, byMemory };
      return;
    }
    const tier = this.#tier.sum(nowMs);
    watched.away = {
      sinceMs: open?.startedMs ?? watched.badSinceMs ?? nowMs,
      why,
      byMemory,
      share: tier === 0 ? undefined : watched.ok.sum(nowMs) / tier,
      memory: watched.samples.length === 0 ? undefined : Math.max(...watched.samples.slice(-RECENT_SAMPLES)),
    };
  }

  /** Is it out because of what we did to it, or to a service in it? Then it begins a cascade, and is not its victim. */
  #isHit(name: string): boolean {
    const open = this.#tracker.openReceipts();
    if (open.some(({ node, trigger }) => nodeOf(node) === name && trigger.kind === 'fault')) return true;
    const posts = new Map<string, Receipt[]>();
    for (const receipt of this.#tracker.closed())
      if (nodeOf(receipt.node) === name) posts.set(receipt.node, [...(posts.get(receipt.node) ?? []), receipt]);
    return [...posts.values()].some(neverBack);
  }

  #whyAway(name: string, watched: Watched, open: OpenReceipt | undefined, nowMs: number): string | undefined {
    const view = this.#tracker.views.get(name);
    // Back for a moment is not back: while its restart is being watched, a node that was away stays away.
    if (open && (watched.away !== undefined || open.recoveredSinceMs === undefined)) {
      const { trigger } = open;
      return trigger.kind === 'policy'
        ? `restarted by policy (${trigger.policy})`
        : 'restarted, and nothing accounts for it';
    }
    if (view?.backend?.up === false) return `${this.#plan.balancer.kind}: ${view.backend.word}`;
    if (watched.badSinceMs !== undefined && nowMs - watched.badSinceMs >= PROBES_BAD_MS) return 'does not answer';
    return undefined;
  }

  /** When a node that is in service again came back: its receipt knows, after the hold. */
  #backMs(name: string, { sinceMs }: Away, nowMs: number): number {
    const last = this.#tracker.lastClosedOf(name);
    const backMs = last && recoveredAtMs(last);
    const atMs = backMs === undefined ? nowMs : backMs + (this.#tracker.loadStartMs ?? 0);
    return atMs < sinceMs ? nowMs : atMs;
  }

  #linkIfLong(name: string, watched: Watched, nowMs: number): void {
    const { away } = watched;
    if (!away || watched.link || nowMs - away.sinceMs <= this.#plan.limits.recoveredMs) return;
    watched.link = this.#linkOf(name, watched, away);
  }

  #linkOf(node: string, { baselineMemory }: Watched, away: Away): CascadeLink & { readonly growth: number } {
    const base = this.#tracker.baselineShare(node);
    const { share, memory } = away;
    const growth = base === undefined || share === undefined ? 0 : share / base - 1;
    const moreLoad = growth + 1 >= MORE_SHARE;
    const moreMemory = memory !== undefined && baselineMemory !== undefined && memory >= baselineMemory * MORE_MEMORY;
    const limit = this.#plan.facts.promise.policies.find((policy) => policy.name === 'memory')?.limit;
    const evidence = [
      away.why,
      ...(base === undefined || share === undefined ? [] : [`share ${percent(base)} -> ${percent(share)}`]),
      ...(memory === undefined || baselineMemory === undefined
        ? []
        : [`memory ${mib(baselineMemory)} -> ${mib(memory)} MiB${limit === undefined ? '' : ` (limit ${limit})`}`]),
    ].join(', ');
    const relation = away.byMemory && moreLoad && moreMemory ? 'because' : 'after';
    return { node, atMs: this.#since(away.sinceMs), relation, evidence, growth };
  }

  #since(ms: number): number {
    return tenth(ms - (this.#tracker.loadStartMs ?? 0));
  }

  /** After the tracker has finished. */
  finish(): Cascade & { readonly growth: number } {
    const isDark = this.darkness.isDarkAt(this.#nowMs);
    for (const [name, watched] of this.#nodes) {
      if (watched.away && isDark) watched.link ??= this.#linkOf(name, watched, watched.away);
      else this.#linkIfLong(name, watched, this.#nowMs);
    }
    const links = [...this.#nodes.values()].flatMap(({ link }) => (link ? [link] : [])).sort((a, b) => a.atMs - b.atMs);
    const happened = links.length > 0;
    const hit = happened ? this.#hitBefore(links[0]!.atMs) : [];
    const outageAtMs = this.darkness.outageAtMs;
    const sinceRestart =
      outageAtMs === undefined || this.#firstRestartMs === undefined ? -1 : outageAtMs - this.#firstRestartMs;
    return {
      happened,
      chain: [...hit, ...links.map(({ node, atMs, relation, evidence }) => ({ node, atMs, relation, evidence }))],
      ...(sinceRestart >= 0 ? { outageMs: tenth(sinceRestart) } : {}),
      ...(outageAtMs === undefined ? {} : { totalOutageAtMs: this.#since(outageAtMs) }),
      // The first that followed carried what the hit node left behind, and nothing else yet.
      growth: links.find((link) => link.relation === 'because')?.growth ?? 0,
    };
  }

  /** The nodes that were hit before the first victim went, and were not whole. */
  #hitBefore(ms: number): CascadeLink[] {
    return this.#tracker
      .closed()
      .filter((receipt) => receipt.trigger.kind === 'fault' && receipt.startedMs <= ms && hasBroken(receipt))
      .map((receipt) => ({
        node: receipt.node,
        atMs: receipt.startedMs,
        relation: 'hit' as const,
        evidence: `hit by ${receipt.trigger.kind === 'fault' ? receipt.trigger.fault : ''}, not back`,
      }));
  }
}

/** Of one post, oldest first. Whatever it did by itself after a blow that it never recovered from, goes back to that blow. */
function neverBack(own: readonly Receipt[]): boolean {
  const hit = own.findLast((receipt) => receipt.trigger.kind === 'fault');
  return hit !== undefined && own.slice(own.indexOf(hit)).every(hasBroken);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function mib(bytes: number): string {
  return String(Math.round(bytes / MIB));
}
