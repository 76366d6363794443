// Writes journals as a small tier would: nodes with a supervisor, a master and workers under load, time passing in
// frames of 100 ms. Tests hurt the nodes and let time pass; nothing here judges.
import type { Plan } from '../../../harness/plan/plan.js';
import { postsOf } from '../../../harness/plan/posts.js';
import type {
  FailureKind,
  FaultEvent,
  JournalEvent,
  LoadTotals,
  ProbeOutcome,
  RestartPath,
  ServiceSnapshot,
  SupervisorAction,
  SupervisorState,
} from '../../../harness/record/events.js';

import { processOf, SimNode } from './sim-node.js';
import { SimUsers } from './sim-users.js';
import { planFor } from './test-plan.js';

export { processOf } from './sim-node.js';

export const KILL_MASTER: RestartPath = { name: 'kill-master', subject: 'master', expects: 'replaced' };

const SNAPSHOT: ServiceSnapshot = {
  argv: ['unicorn master -D -c /etc/shop/unicorn.rb'],
  env: { PATH: 'text:/usr/bin', RAILS_ENV: 'hash:aa', INVOCATION_ID: 'hash:01' },
  cwd: '/srv/shop',
  uid: 33,
  gid: 33,
  umask: '0022',
  rlimits: { 'open files': '1024/4096' },
  cgroup: { 'memory.max': 'max' },
};

export class JournalBuilder {
  readonly events: JournalEvent[] = [];
  readonly nodes: Readonly<Record<string, SimNode>>;
  nowMs = 0;
  loadStartMs = 0;
  offered = 0;
  answered = 0;
  readonly failed: Partial<Record<FailureKind, number>> = {};
  isLoaded = false;
  /** Requests per second of the whole tier. */
  perSecond = 160;
  /** Of the answers of a node in 100 ms, so many needed a retry. */
  retriedAt: (node: string) => number = () => 0;
  readonly users: SimUsers;
  #nextPid = 100;
  #carry = 0;

  constructor(readonly plan: Plan = planFor()) {
    this.nodes = Object.fromEntries(
      postsOf(plan).map(({ name, service }, index) => {
        const isProbed = (service?.listens.kind ?? 'port') === 'port';
        return [name, new SimNode(name, index, service === undefined, isProbed)];
      }),
    );
    this.users = new SimUsers(plan.load.requests.length);
  }

  node(name = 'web-1'): SimNode {
    return this.nodes[name]!;
  }

  add(event: JournalEvent): this {
    this.events.push(event);
    return this;
  }

  /** Boot, deployment, smoke, muster: everything whole. */
  boot(): this {
    this.add({
      kind: 'header',
      atMs: 0,
      schemaVersion: 1,
      runId: 'r',
      scenario: 'test',
      environment: 'production',
      wallMs: 1_700_000_000_000,
      versions: {},
    });
    this.nowMs = 10_000;
    for (const node of Object.values(this.nodes)) {
      if (node.isBalanced)
        this.add({ kind: 'smoke', atMs: this.nowMs, node: node.name, ok: true, evidence: 'answered 200' });
      this.spawn(node.name);
      this.says(node.name, 'running', 'up');
      if (node.isBalanced) this.add({ kind: 'backend', atMs: this.nowMs, node: node.name, up: true, word: 'UP' });
    }
    this.add({ kind: 'declared', atMs: this.nowMs, argv: [SNAPSHOT.argv[0]!], env: SNAPSHOT.env, cwd: SNAPSHOT.cwd });
    this.add({ kind: 'phase', atMs: this.nowMs, phase: 'muster', state: 'started' });
    return this;
  }

  musterEnds(): this {
    this.pass(1_000);
    return this.add({ kind: 'phase', atMs: this.nowMs, phase: 'muster', state: 'ended' });
  }

  loadStarts(): this {
    this.loadStartMs = this.nowMs;
    this.isLoaded = true;
    this.add({ kind: 'phase', atMs: this.nowMs, phase: 'load', state: 'started' });
    return this.add({ kind: 'load', atMs: this.nowMs, state: 'started', level: 60 });
  }

  /** Boot, muster, load, and a baseline of 5 s. */
  steady(): this {
    return this.boot().musterEnds().loadStarts().pass(5_000);
  }

  /** A new server with its workers, and its census. */
  spawn(name: string, snapshot: Partial<ServiceSnapshot> | null = {}, ppid = 10): this {
    const node = this.node(name);
    const pid = (this.#nextPid += 10);
    node.master = processOf(pid, ppid, 'master', this.nowMs);
    node.workers = [1, 2].map((nth) => processOf(pid + nth, pid, 'worker', this.nowMs + nth));
    node.hung = false;
    node.trackedPid = pid;
    this.census(name);
    return this.add({
      kind: 'service',
      atMs: this.nowMs,
      node: name,
      key: node.master.key,
      snapshot: snapshot === null ? null : { ...SNAPSHOT, ...snapshot },
      ...(snapshot === null ? { why: 'refused' } : {}),
    });
  }

  /** Master and workers are gone. */
  die(name: string): this {
    const node = this.node(name);
    node.master = undefined;
    node.workers = [];
    return this.census(name);
  }

  census(name: string): this {
    const node = this.node(name);
    const processes = [
      ...(node.supervisor.zombie ? [] : [node.supervisor]),
      ...(node.master ? [node.master] : []),
      ...node.workers,
      ...node.extra,
    ];
    return this.add({
      kind: 'census',
      atMs: this.nowMs,
      node: name,
      processes,
      ...(node.pidFile === undefined ? {} : { pidFile: { path: '/run/unicorn.pid', pid: node.pidFile } }),
    });
  }

  says(name: string, state: SupervisorState, word: string, more: { restarts?: number } = {}): this {
    const node = this.node(name);
    return this.add({
      kind: 'supervisor',
      atMs: this.nowMs,
      node: name,
      state,
      word,
      trackedPid: node.trackedPid,
      raw: word,
      ...more,
    });
  }

  quotes(name: string, line: string, means?: SupervisorAction): this {
    return this.add({ kind: 'supervisor-said', atMs: this.nowMs, node: name, line, ...(means ? { means } : {}) });
  }

  backend(name: string, up: boolean, reason?: string): this {
    this.node(name).up = up;
    const word = up ? 'UP' : 'DOWN';
    return this.add({
      kind: 'backend',
      atMs: this.nowMs,
      node: name,
      up,
      word,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  fault(name: string, state: FaultEvent['state'], over: Partial<FaultEvent> = {}): this {
    const node = this.node(name);
    return this.add({
      kind: 'fault',
      atMs: this.nowMs,
      id: `1.0.${name}`,
      round: 1,
      node: name,
      fault: 'kill',
      path: KILL_MASTER,
      state,
      targets: node.master ? [node.master.key] : [],
      evidence: `SIGKILL to master: pid ${node.master?.pid ?? '?'}`,
      ...over,
    });
  }

  /** Kill of the master: gone, and noticed. */
  kill(name = 'web-1'): this {
    this.fault(name, 'sent').pass(100).die(name).fault(name, 'landed');
    return this.says(name, 'starting', 'down');
  }

  /** Kill of the master that a good supervisor answers: gone, noticed, new one after `backMs`. */
  killAndReturn(name = 'web-1', backMs = 1_500, snapshot: Partial<ServiceSnapshot> | null = {}): this {
    this.kill(name).pass(backMs).spawn(name, snapshot);
    return this.says(name, 'running', 'up').pass(200);
  }

  /** Lets time pass in frames: traffic, load, probes, samples. */
  pass(ms: number): this {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.#frame();
      this.nowMs += 100;
    }
    return this;
  }

  #serves(node: SimNode): boolean {
    return node.master !== undefined && !node.hung;
  }

  #frame(): void {
    if (this.isLoaded) this.#traffic();
    for (const node of Object.values(this.nodes)) {
      if (node.isProbed) this.#probe(node);
      if (this.nowMs % 1_000 === 0) {
        this.add({
          kind: 'sample',
          atMs: this.nowMs,
          node: node.name,
          memoryBytes: node.memoryMiB * 1024 ** 2,
          processes: 3,
          threads: 3,
          cpuShare: 0.1,
        });
      }
    }
  }

  #traffic(): void {
    const balanced = Object.values(this.nodes).filter((node) => node.isBalanced);
    const serving = balanced.filter((node) => node.up && this.#serves(node));
    const dead = balanced.filter((node) => node.up && !this.#serves(node));
    this.#carry += this.perSecond / 10;
    const due = Math.floor(this.#carry);
    this.#carry -= due;
    const each = Math.floor(due / Math.max(1, serving.length));
    const cells = serving.flatMap((node) =>
      node.workers.length === 0
        ? [{ node: node.name, generation: `${node.master!.key}/${node.supervisor.key}`, count: each }]
        : [{ node: node.name, generation: `${node.workers[0]!.key}/${node.master!.key}`, count: each }],
    );
    const failed = serving.length > 0 && dead.length > 0 && this.nowMs % 500 === 0 ? dead.length : 0;
    const answered = each * serving.length;
    if (answered + failed > 0) {
      this.add({
        kind: 'traffic',
        atMs: this.nowMs,
        cells: [
          ...cells.map((cell) => ({
            ...cell,
            outcome: 'ok' as const,
            status: 200,
            retried: this.retriedAt(cell.node),
          })),
          ...(failed > 0
            ? [
                {
                  node: dead[0]!.name,
                  generation: null,
                  outcome: 'failed' as const,
                  status: 502,
                  count: failed,
                  retried: 0,
                },
              ]
            : []),
        ],
      });
    }
    const frame = this.users.frame(this.nowMs, cells, failed);
    this.offered += frame.offered;
    this.answered += frame.answered;
    for (const [kind, count] of Object.entries(frame.failed) as [FailureKind, number][])
      this.failed[kind] = (this.failed[kind] ?? 0) + count;
    this.add(frame);
  }

  #probe(node: SimNode): void {
    const outcome: ProbeOutcome = this.#serves(node) ? 'ok' : node.hung ? 'timeout' : 'closed';
    node.streak = node.lastOutcome === outcome ? node.streak + 1 : 1;
    node.lastOutcome = outcome;
    if (node.streak > 5 && this.nowMs % 1_000 !== 0) return;
    const generation = node.master && `${node.workers[0]?.key ?? node.master.key}/${node.master.key}`;
    this.add({
      kind: 'probe',
      atMs: this.nowMs,
      node: node.name,
      outcome,
      ...(outcome === 'ok' && generation !== undefined ? { status: 200, generation } : {}),
      tookMs: outcome === 'timeout' ? 2_000 : 3,
      streak: node.streak,
    });
  }

  totals(over: Partial<LoadTotals> = {}): LoadTotals {
    return {
      offered: this.offered,
      answered: this.answered,
      failed: { ...this.failed },
      unsent: 0,
      inFlight: 0,
      balance: 0,
      lateness: { p50Ms: 1, p99Ms: 8, maxMs: 20 },
      cpuShare: 0.3,
      ...over,
    };
  }

  /** Rounds over, load stopped, everything taken down, journal closed. */
  end(totals: Partial<LoadTotals> = {}): readonly JournalEvent[] {
    this.add({ kind: 'phase', atMs: this.nowMs, phase: 'rounds', state: 'ended' });
    this.add({ kind: 'load', atMs: this.nowMs, state: 'stopped', totals: this.totals(totals) });
    this.add({ kind: 'phase', atMs: this.nowMs, phase: 'stop', state: 'started' });
    this.nowMs += 500;
    for (const name of Object.keys(this.nodes)) this.die(name);
    this.add({ kind: 'end', atMs: this.nowMs });
    return this.events;
  }
}
