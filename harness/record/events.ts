// The journal's events: everything that the verdict may know. What is not in the journal did not happen.
// All are plain JSON; one per line of events.ndjson. `atMs` is monotonic time since the environment began to boot;
// the verdict subtracts the start of the load when it prints.
import type { Generation, ProcessKey } from '../core/identity.js';
import type { Lateness, LoadEvent, LoadFrameEvent, ReadBackEvent, SentinelEvent, WrittenEvent } from './load-events.js';

export type * from './load-events.js';

export const JOURNAL_SCHEMA_VERSION = 1;

export type Phase = 'boot' | 'deploy' | 'smoke' | 'muster' | 'load' | 'rounds' | 'aftermath' | 'stop';

/** First line of each journal. */
export interface HeaderEvent {
  readonly kind: 'header';
  readonly atMs: number;
  readonly schemaVersion: number;
  readonly runId: string;
  readonly scenario: string;
  readonly environment: string;
  /** Epoch ms at atMs = 0. */
  readonly wallMs: number;
  /** Versions of what took part: remuster, node, engine, supervisor, server, balancer. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface PhaseEvent {
  readonly kind: 'phase';
  readonly atMs: number;
  readonly phase: Phase;
  readonly state: 'started' | 'ended';
}

/** The check that an operator makes after a deployment: one request to each node. */
export interface SmokeEvent {
  readonly kind: 'smoke';
  readonly atMs: number;
  readonly node: string;
  readonly ok: boolean;
  readonly evidence: string;
}

export type ProcessRole = 'supervisor' | 'master' | 'worker' | 'starting' | 'stray';

/**
 * `starting`: below the supervisor, holds no listener yet. `master`: the topmost holder of the listener at or below the
 * tracked pid (or, when nothing is tracked, the topmost holder). `worker`: below a master. `stray`: was or looks like a
 * process of the service, but is below no master and not below the supervisor's tracked pid.
 */
export interface CensusProcess {
  readonly key: ProcessKey;
  readonly pid: number;
  readonly ppid: number;
  readonly role: ProcessRole;
  readonly holdsListener: boolean;
  readonly zombie: boolean;
  /** Command line, shortened to 200 characters, credentials masked. */
  readonly command: string;
}

/** Who lives on a node: written whole, each time anything in it changes. */
export interface CensusEvent {
  readonly kind: 'census';
  readonly atMs: number;
  readonly node: string;
  readonly processes: readonly CensusProcess[];
  /** The service's pid file, when it has one: null content means that the file is absent or empty. */
  readonly pidFile?: { readonly path: string; readonly pid: number | null };
}

/** `running` is the supervisor's good word; `unreachable`: it did not answer. */
export type SupervisorState =
  'running' | 'starting' | 'stopping' | 'stopped' | 'failed' | 'unmonitored' | 'unreachable';

/** What the supervisor says of the service: written on each change. */
export interface SupervisorEvent {
  readonly kind: 'supervisor';
  readonly atMs: number;
  readonly node: string;
  readonly state: SupervisorState;
  /** Its own word: 'up', 'active (running)'. */
  readonly word: string;
  /** The pid that it tracks, inside the node. */
  readonly trackedPid: number | null;
  readonly restarts?: number;
  /** Its text, shortened. */
  readonly raw: string;
}

/** A line that the supervisor wrote, quoted; with its meaning where the plug-in knows it. */
export interface SupervisorSaidEvent {
  readonly kind: 'supervisor-said';
  readonly atMs: number;
  readonly node: string;
  readonly line: string;
  readonly means?: SupervisorAction;
}

/** `restart-by-policy`: the supervisor itself decided on a restart. `configuration`: it complains about its configuration. */
export interface SupervisorAction {
  readonly action: 'restart-by-policy' | 'start' | 'stop' | 'noticed-exit' | 'gave-up' | 'configuration';
  /** For a policy: 'memory', 'watchdog'. */
  readonly policy?: string;
  /** The measured value and its limit, in words: '228 of 213 MiB'. */
  readonly detail?: string;
}

/** What a process of the service was started with: for `same-service`. */
export interface ServiceSnapshot {
  readonly argv: readonly string[];
  /** name -> keyed hash of the run, or clear text for names on the allow-list (prefixed 'hash:' or 'text:'). */
  readonly env: Readonly<Record<string, string>>;
  /** It wrote its title over its environment: there is none to compare. */
  readonly envIsHidden?: true;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly umask: string;
  /** name -> 'soft/hard', as in /proc/PID/limits. */
  readonly rlimits: Readonly<Record<string, string>>;
  /** Limits of the process's cgroup: 'memory.max' -> value. */
  readonly cgroup: Readonly<Record<string, string>>;
}

export interface ServiceEvent {
  readonly kind: 'service';
  readonly atMs: number;
  readonly node: string;
  readonly key: ProcessKey;
  /** null: could not be read; `why` says so. */
  readonly snapshot: ServiceSnapshot | null;
  readonly why?: string;
}

/** What the environment declares of its service, written once: a restarted process may equal this or its predecessor. */
export interface DeclaredEvent {
  readonly kind: 'declared';
  readonly atMs: number;
  /** As the master's command line reads once it runs (servers rewrite it); null when unknown. */
  readonly argv: readonly string[] | null;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly openFiles?: number;
}

/** `closed` also stands for refused: the engine's port proxy accepts for a dead server and then closes. */
export type ProbeOutcome = 'ok' | 'bad-status' | 'closed' | 'timeout' | 'error';

/**
 * A direct probe on a fresh connection. Written when outcome or generation changes, for the first `consecutive` good
 * ones after a change (streak 1, 2, ..., k), and at least once a second.
 */
export interface ProbeEvent {
  readonly kind: 'probe';
  /** When the probe was sent. */
  readonly atMs: number;
  readonly node: string;
  readonly outcome: ProbeOutcome;
  readonly status?: number;
  readonly generation?: Generation;
  readonly tookMs: number;
  /** How many probes in a row had this outcome and generation, this one included. */
  readonly streak: number;
}

/** State of a node at the balancer, on each change. */
export interface BackendEvent {
  readonly kind: 'backend';
  readonly atMs: number;
  readonly node: string;
  readonly up: boolean;
  readonly word: string;
  /** For example 'L7TOUT', 'L4CON'. */
  readonly reason?: string;
}

/** One kind of answer that the balancer gave in 100 ms. `node` null: no node was reached. */
export interface TrafficCell {
  readonly node: string | null;
  readonly generation: Generation | null;
  readonly outcome: 'ok' | 'failed';
  readonly status: number;
  readonly count: number;
  /** Requests among them that the balancer had to retry: errors that it masked. */
  readonly retried: number;
}

/** Requests that ended at the balancer from `atMs` on, for 100 ms. Frames without requests are not written. */
export interface TrafficEvent {
  readonly kind: 'traffic';
  readonly atMs: number;
  readonly cells: readonly TrafficCell[];
}

/** Once a second per node, of the service's processes. */
export interface SampleEvent {
  readonly kind: 'sample';
  readonly atMs: number;
  readonly node: string;
  /** Sum of resident memory of master and descendants. */
  readonly memoryBytes: number;
  readonly processes: number;
  readonly threads: number;
  /** CPU used since the last sample, share of one core. */
  readonly cpuShare: number;
}

/** What lies in a directory of a node, by kind. */
export interface Place {
  readonly path: string;
  readonly type: 'file' | 'socket' | 'pipe';
  readonly count: number;
  /** A few names that were not there when it was looked at before. */
  readonly newest: readonly string[];
}

/** In a soak, of each node while it is calm: what it holds open, and what lies around in the places of such things. */
export interface StockEvent {
  readonly kind: 'stock';
  readonly atMs: number;
  readonly node: string;
  /** Of the service's processes; null where they may not be counted. */
  readonly openFiles: number | null;
  readonly places: readonly Place[];
}

/** In a soak: what remuster itself uses, every ten seconds. */
export interface SelfEvent {
  readonly kind: 'self';
  readonly atMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly openFiles: number;
}

export interface RoundEvent {
  readonly kind: 'round';
  readonly atMs: number;
  readonly round: number;
  /** Index into RoundPlan.steps. */
  readonly step: number;
  readonly state: 'started' | 'skipped' | 'ended';
  readonly evidence?: string;
}

/** Before each step: was the tier healthy and loaded as planned? */
export interface SteadyEvent {
  readonly kind: 'steady';
  readonly atMs: number;
  readonly round: number;
  readonly ok: boolean;
  readonly evidence: string;
}

/** What a restart path replaces. */
export type Subject = 'master' | 'worker' | 'workers' | 'supervisor' | 'node';
/** What becomes of the subject. */
export type PathExpectation = 'replaced' | 're-executed' | 'kept' | 'either';

export interface RestartPath {
  readonly name: string;
  readonly subject: Subject;
  readonly expects: PathExpectation;
}

/**
 * The life of one fault on one node. `sent`: the order was given. `again`: a further blow of the same fault. `landed`:
 * proof was seen. `missed`: no proof by the deadline. `healed` / `heal-failed`: the undo.
 */
export interface FaultEvent {
  readonly kind: 'fault';
  readonly atMs: number;
  /** `<round>.<step>.<node>`. */
  readonly id: string;
  readonly round: number;
  readonly node: string;
  readonly fault: string;
  readonly path: RestartPath;
  readonly state: 'sent' | 'again' | 'landed' | 'missed' | 'healed' | 'heal-failed';
  /** Identities that were hit (for `sent`: aimed at). */
  readonly targets: readonly ProcessKey[];
  readonly evidence: string;
  /** For `sent`: how much later than due. */
  readonly lateMs?: number;
  /** For `sent`: it is undone so long after it landed; nothing is recovered before. */
  readonly undoneAfterMs?: number;
}

/** How late an observer was, at the end of the run. */
export interface LatenessEvent {
  readonly kind: 'lateness';
  readonly atMs: number;
  readonly who: 'probe' | 'agent' | 'fault' | 'balancer-log' | 'sentinel';
  readonly lateness: Lateness;
  readonly count: number;
}

/** HAProxy's counters against the lines that were read, at the end. */
export interface BalancerBooksEvent {
  readonly kind: 'balancer-books';
  readonly atMs: number;
  readonly linesRead: number;
  readonly requestsServed: number;
  readonly droppedLogs: number;
}

/** An observer lost sight (agent ended, log stream broke): claims that need it are not observed from here on. */
export interface BlindEvent {
  readonly kind: 'blind';
  readonly atMs: number;
  readonly who: 'agent' | 'probe' | 'sentinel' | 'writer' | 'balancer-log' | 'balancer-view' | 'supervisor-watch';
  readonly node?: string;
  readonly state: 'lost' | 'regained';
  readonly evidence: string;
  /** It will never be regained: there is nothing to wait for. */
  readonly forGood?: true;
}

/** Early end of the run: interrupt, time limit, or an error after boot. `breaks-off`: nobody wrote it; the journal just ends. */
export interface CutEvent {
  readonly kind: 'cut';
  readonly atMs: number;
  readonly reason: 'interrupted' | 'terminated' | 'max-time' | 'boot-failed' | 'error' | 'breaks-off';
  readonly evidence: string;
}

/** The last line of a journal that was written to its end. */
export interface EndEvent {
  readonly kind: 'end';
  readonly atMs: number;
}

export type JournalEvent =
  | HeaderEvent
  | PhaseEvent
  | SmokeEvent
  | CensusEvent
  | SupervisorEvent
  | SupervisorSaidEvent
  | ServiceEvent
  | DeclaredEvent
  | ProbeEvent
  | BackendEvent
  | TrafficEvent
  | LoadFrameEvent
  | LoadEvent
  | SentinelEvent
  | WrittenEvent
  | ReadBackEvent
  | SampleEvent
  | StockEvent
  | SelfEvent
  | RoundEvent
  | SteadyEvent
  | FaultEvent
  | LatenessEvent
  | BalancerBooksEvent
  | BlindEvent
  | CutEvent
  | EndEvent;

type WithoutTime<E> = E extends JournalEvent ? Omit<E, 'atMs'> & { readonly atMs?: number } : never;

/** An event as its observer hands it over. `atMs` here is CLOCK_MONOTONIC (monotonicMs()); absent: now. The journal makes it relative. */
export type ObservedEvent = WithoutTime<JournalEvent>;
export type Observe = (event: ObservedEvent) => void;
