// The lane of one node, from the journal: lives of its server, what its supervisor and the balancer say of it, whether it
// answers, what it serves and how much memory it has. One event at a time.
import { parseSize } from '../../core/units.js';
import type { BackendEvent, CensusEvent, ProbeEvent, SupervisorEvent } from '../../record/events.js';
import type { Plan } from '../../plan/plan.js';
import type { Post } from '../../plan/posts.js';
import { tenth } from '../../verdict/receipts/closing.js';
import { Buckets } from './buckets.js';
import type { MemorySeries, NodeLane, ProcessBar, TrafficSeries } from './data.js';
import { Spans, type SpanTone } from './spans.js';

/** A node's lane is a hand high: fewer points than the charts have. */
const MOST_POINTS = 800;
const MEBIBYTE = 1024 ** 2;
/** One refused probe among good ones is no outage of a node. */
const BAD_PROBES = 2;

interface Life {
  readonly fromMs: number;
  toMs: number;
  readonly pid: number;
  readonly generation: number;
  readonly role: ProcessBar['role'];
  readonly command: string;
}

export class NodeOverTime {
  readonly #post: Post;
  readonly #limitMiB: number | null;
  readonly #lives: Life[] = [];
  readonly #alive = new Map<string, Life>();
  readonly #generations = new Map<string, number>();
  readonly #answers = new Spans();
  readonly #supervisor = new Spans();
  readonly #balancer = new Spans();
  readonly #memory = new Buckets(
    () => ({ least: Number.POSITIVE_INFINITY, most: 0 }),
    (into, from) => {
      into.least = Math.min(into.least, from.least);
      into.most = Math.max(into.most, from.most);
    },
    MOST_POINTS,
    1000,
  );
  readonly #traffic = new Buckets(
    () => ({ ok: 0, failed: 0 }),
    (into, from) => {
      into.ok += from.ok;
      into.failed += from.failed;
    },
    MOST_POINTS,
  );

  /** `plan`: as it reads at this post. */
  constructor(post: Post, plan: Plan) {
    this.#post = post;
    this.#limitMiB = memoryLimitOf(plan);
  }

  census(atMs: number, { processes }: CensusEvent): void {
    const seen = new Set<string>();
    for (const { key, pid, role, zombie, command } of processes) {
      if (zombie || role === 'supervisor' || role === 'worker') continue;
      const id = `${key} ${role}`;
      seen.add(id);
      if (this.#alive.has(id)) continue;
      const generation = role === 'master' ? this.#generationOf(key) : 0;
      const life = { fromMs: atMs, toMs: atMs, pid, generation, role, command };
      this.#alive.set(id, life);
      this.#lives.push(life);
    }
    for (const [id, life] of this.#alive) {
      if (seen.has(id)) continue;
      life.toMs = atMs;
      this.#alive.delete(id);
    }
  }

  #generationOf(key: string): number {
    const known = this.#generations.get(key);
    if (known !== undefined) return known;
    this.#generations.set(key, this.#generations.size + 1);
    return this.#generations.size;
  }

  probe(atMs: number, { outcome, streak, status, tookMs }: ProbeEvent): void {
    if (outcome === 'ok') this.#answers.set(atMs, 'answers', 'good');
    else if (streak >= BAD_PROBES || outcome === 'timeout') {
      const word = outcome === 'bad-status' ? `status ${status ?? '?'}` : outcome === 'timeout' ? 'no byte' : outcome;
      this.#answers.set(atMs, word, 'bad', outcome === 'timeout' ? `no byte in ${Math.round(tookMs)} ms` : undefined);
    }
  }

  supervisor(atMs: number, { state, word, raw, trackedPid }: SupervisorEvent): void {
    const tone: SpanTone =
      state === 'running' ? 'good' : state === 'starting' || state === 'stopping' ? 'between' : 'bad';
    const pid = trackedPid === null ? '' : `pid ${trackedPid}`;
    this.#supervisor.set(atMs, word, tone, raw === '' ? pid : raw);
  }

  backend(atMs: number, { up, word, reason }: BackendEvent): void {
    this.#balancer.set(atMs, word, up ? 'good' : 'bad', reason);
  }

  sample(atMs: number, memoryBytes: number): void {
    const bucket = this.#memory.at(atMs);
    const mebibytes = Math.round((memoryBytes / MEBIBYTE) * 10) / 10;
    bucket.least = Math.min(bucket.least, mebibytes);
    bucket.most = Math.max(bucket.most, mebibytes);
  }

  traffic(atMs: number, isOk: boolean, count: number): void {
    this.#traffic.at(atMs)[isOk ? 'ok' : 'failed'] += count;
  }

  /** `zeroMs`: the moment that is 0 from now on. */
  finish(endMs: number, zeroMs: number): NodeLane {
    for (const life of this.#alive.values()) life.toMs = endMs;
    return {
      name: this.#post.name,
      service: this.#post.service?.name ?? null,
      processes: this.#lives.map((life) => ({
        ...life,
        fromMs: tenth(life.fromMs - zeroMs),
        toMs: tenth(life.toMs - zeroMs),
      })),
      answers: this.#answers.finish(endMs, zeroMs),
      supervisor: this.#supervisor.finish(endMs, zeroMs),
      balancer: this.#balancer.finish(endMs, zeroMs),
      memory: this.#memorySeries(zeroMs),
      traffic: this.#trafficSeries(zeroMs),
    };
  }

  #memorySeries(zeroMs: number): MemorySeries {
    const filled = this.#memory.filled();
    return {
      bucketMs: this.#memory.widthMs,
      atMs: filled.map(({ atMs }) => tenth(atMs - zeroMs)),
      leastMiB: filled.map(({ value }) => value.least),
      mostMiB: filled.map(({ value }) => value.most),
      limitMiB: this.#limitMiB,
    };
  }

  #trafficSeries(zeroMs: number): TrafficSeries {
    const filled = this.#traffic.filled();
    return {
      bucketMs: this.#traffic.widthMs,
      atMs: filled.map(({ atMs }) => tenth(atMs - zeroMs)),
      ok: filled.map(({ value }) => value.ok),
      failed: filled.map(({ value }) => value.failed),
    };
  }
}

function memoryLimitOf(plan: Plan): number | null {
  const policy = plan.facts.promise.policies.find(({ name }) => name === 'memory');
  const bytes = policy === undefined ? undefined : parseSize(policy.limit.replaceAll(' ', ''));
  return bytes === undefined ? null : Math.round((bytes / MEBIBYTE) * 10) / 10;
}
