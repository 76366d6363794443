// The interfaces of the tier's plug-ins: applications, servers, supervisors, deploys, balancers.
import type { Plugin } from '../core/plugin.js';
import type { WritesPlan } from '../plan/load-plan.js';
import type { NodeSpec, OwnSource } from '../plan/node-spec.js';
import type { RestartPromise, ServerPath, TellsSystemd } from '../plan/promise.js';
import type { Observe, SupervisorAction, SupervisorState } from '../record/events.js';
import type { Container, ContainerSpec, FileSpec, ImageName } from './runtime/runtime.js';
import type { Service } from './service.js';

/** What an application contributes to a service. */
export interface AppParts {
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly FileSpec[];
  readonly cwd: string;
  readonly healthPath: string;
  /** Words put before the server's argv (a launcher of a rigged control tier); empty normally. */
  readonly launcher: readonly string[];
  readonly outputBytesPerRequest: number;
  /** How long a graceful stop takes at the most: requests in flight, and its own farewell. Absent: unknown. */
  readonly drainMs?: number;
}

/** What an application is written for and a server runs. `files`: nothing runs, the server sends files. */
export type Platform = 'rack' | 'wsgi' | 'node' | 'files';

export interface App<O = unknown> extends Plugin<O> {
  /** The user's own, in an image of the user's: nothing of it is ours to compare or to measure. */
  readonly isOwn?: true;
  /** The platforms that it has been written for: the same pages and knobs on each. */
  readonly platforms: readonly Platform[];
  parts(options: O, platform: Platform): AppParts;
  /** Options that mean nothing on this platform, each with the reason. Absent: it honours all of them everywhere. */
  refuses?(options: O, platform: Platform): Readonly<Record<string, string>>;
  /** How it is written to and read again; `{id}` stands for what is written. Undefined: it keeps nothing. */
  writes?(options: O, platform: Platform): Omit<WritesPlan, 'everyMs'> | undefined;
  /** Makes the node's server keep `bytes` more memory for good; returns the evidence. Optional power. */
  grow?(node: Node, bytes: number, signal: AbortSignal): Promise<string>;
}

export interface ServiceContext {
  readonly app: AppParts;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly openFiles?: number;
  /** What the supervisor's way of tracking suggests; an explicit option of the scenario is never repaired. */
  readonly suggests: ServiceSuggestion;
}

export interface ServiceSuggestion {
  readonly daemonize: boolean;
  /** False: the server should not write a pid file of its own. */
  readonly ownPidFile: boolean;
  /** Its recipe puts a server that cannot daemonize into the background itself. */
  readonly daemonizesIt?: boolean;
  /**
   * Where it waits for the start command to return: what becomes of one that stays. `left-unread`: it runs on, and what it
   * writes goes into a pipe that nobody reads.
   */
  readonly startThatStays?: 'left-unread' | 'killed';
}

export interface Server<O = unknown> extends Plugin<O> {
  /** The user's own, in an image of the user's: nothing of it is ours to compare or to measure. */
  readonly isOwn?: true;
  readonly platform: Platform;
  readonly image: ImageName;
  service(options: O, context: ServiceContext): Service;
  /** Its restart paths with these options, and what its supervisor suggests where that is known: a phased restart needs a cluster. */
  paths(options: O, suggests?: ServiceSuggestion): readonly ServerPath[];
  /** Names (or `PREFIX*`) that the server itself changes between two starts; a supervisor's own are its own. */
  readonly volatileEnv: readonly string[];
  /** What it tells of itself by sd_notify(3). Absent: nothing. */
  readonly tellsSystemd?: TellsSystemd;
  /** How long its idle workers may outlive their master, ms. */
  readonly patienceMs: number;
  workers(options: O): number | null;
  /** Options of a supervisor as Debian's package of the server sets them, by supervisor: what the matrix measures. */
  readonly packaged?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface SupervisorStatus {
  readonly state: SupervisorState;
  readonly word: string;
  readonly trackedPid: number | null;
  readonly restarts?: number;
  readonly raw: string;
}

/** How the node's container is started for a supervisor, and how the supervisor itself is started in it. */
export interface SupervisorRecipe {
  readonly container: Pick<
    ContainerSpec,
    'env' | 'systemd' | 'init' | 'user' | 'cwd' | 'openFiles' | 'stopSignal' | 'restartPolicy'
  > & { readonly command: readonly string[] };
  readonly files: readonly FileSpec[];
  /** Commands to run in the node after it started (for supervisors that are not PID 1). */
  readonly start: readonly (readonly string[])[];
}

/** What a user's own image cannot say about its container: whether its PID 1 needs cgroups or an init, and who restarts it. */
export type OwnContainer = Partial<Pick<ContainerSpec, 'systemd' | 'init' | 'stopSignal' | 'restartPolicy'>>;

/** A process of a node, as /proc has it. */
export interface SeenProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly command: string;
}

/** A node in which somebody listens. */
export interface NodeLook {
  readonly container: Container;
  readonly port: number;
  /** The topmost process that listens. */
  readonly server: SeenProcess;
  /** Of the server, the nearest first. */
  readonly ancestors: readonly SeenProcess[];
  readonly processes: readonly SeenProcess[];
}

/** The options that name the server to its supervisor, and how it was known. */
export interface Finding {
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly why: string;
}

export interface Supervisor<O = unknown> extends Plugin<O> {
  /** Its folder under docker/supervisors, whose packages go on top of the server's image; null: it needs none. */
  readonly image: string | null;
  /** Names (or `PREFIX*`) of variables that it sets anew at each start of the service. */
  readonly volatileEnv: readonly string[];
  promise(options: O): RestartPromise;
  /** Options with which the end of a crash loop does not hang on the speed of the machine: what the matrix asks for then. */
  readonly crashLoopOptions?: Readonly<Record<string, unknown>>;
  /** Options worth measuring beside the defaults, as a scenario writes them; `remuster promise` does. */
  readonly variants?: readonly Readonly<Record<string, unknown>>[];
  suggests(options: O): ServiceSuggestion;
  recipe(service: Service, options: O): SupervisorRecipe;
  /** How the engine has to start a container that brings this supervisor along. Absent: as any other. */
  own?(options: O): OwnContainer;
  /** Does it look after the server of this node? Undefined: no, or it is not there. */
  finds?(look: NodeLook): Promise<Finding | undefined>;
  /**
   * The options that name a service called so, beside one with these (as a scenario writes them). Absent: it looks after
   * one thing only.
   */
  named?(name: string, beside: Readonly<Record<string, unknown>>): Readonly<Record<string, string>>;
  /** Takes over a new service in a running node (configuration reload), without touching the server process. */
  adopt(node: Node, service: Service, options: O, signal: AbortSignal): Promise<void>;
  /** Is pid 1 the supervisor? Killing PID 1 of a node is an error in the plan. */
  readonly isPid1: boolean;
  /** True where it lives outside the node (the container engine): its watch goes on while the node is down. */
  readonly isOutside?: boolean;
  /** Processes of the supervisor itself are recognised by their command line. */
  isSupervisor(process: { readonly pid: number; readonly command: string }, options: O): boolean;
  status(node: Node): Promise<SupervisorStatus>;
  /** Why it can look after nothing here: it has no service of that name. Where its status already says so: not needed. */
  absent?(node: Node): Promise<string | undefined>;
  /** What it kept of a server that did not start. Absent: it goes to the container's own output. */
  lastWords?(node: Node): Promise<string>;
  /** Restart through the supervisor's own command. Its exit code proves nothing. */
  restart(node: Node): Promise<string>;
  /**
   * Streams status changes (kind 'supervisor') and quoted lines (kind 'supervisor-said') until stopped; must cost next
   * to nothing while nothing changes. Returns its stop.
   */
  watch(node: Node, observe: Observe, signal: AbortSignal): Promise<() => Promise<void>>;
  /** The meaning of a line that the supervisor wrote, where it has one. */
  meaningOf(line: string): SupervisorAction | undefined;
}

export interface Deploy<O = unknown> extends Plugin<O> {
  apply(node: Node, from: NodeSpec, to: NodeSpec, options: O, signal: AbortSignal): Promise<string>;
}

/** One package of Debian on the base image. */
export interface PackageSource {
  readonly kind: 'package';
  readonly package: string;
}

/** A service beside the nodes that their application needs: in a container of its own, reached by its name and port. */
export interface Dependency<O = unknown> extends Plugin<O> {
  /** A sample image, or where the user's own comes from. */
  image(options: O): ImageName | OwnSource | PackageSource;
  /** Options that are paths, or groups with a path as their `context`, relative to the scenario. */
  readonly files?: readonly string[];
  /** What its container runs. Absent: nothing, and it is started and killed in there by commands. */
  runs?(options: O): Pick<ContainerSpec, 'command' | 'env'>;
  readonly commands?: {
    /** Starts it in the background. */
    start(options: O): readonly string[];
    /** Ends it at once. */
    readonly kill: readonly string[];
  };
  /** Ends with 0 in its container while it answers; null: it does so while its container runs. */
  ready(options: O): readonly string[] | null;
}

export interface RunningDependency {
  /** As the scenario calls it; its host name. */
  readonly name: string;
  readonly plugin: Dependency;
  readonly options: unknown;
  readonly container: Container;
}

/** A node that has booted. */
export interface Node {
  readonly name: string;
  readonly container: Container;
  readonly supervisor: Supervisor;
  readonly supervisorOptions: unknown;
  /** What its supervisor is told to run now. */
  readonly service: Service;
  /** Why no process in it can be seen; absent where they can. */
  readonly unseen?: string;
}

export interface BackendView {
  readonly node: string;
  readonly up: boolean;
  readonly word: string;
  readonly reason?: string;
}

export interface BalancerBooks {
  readonly requestsServed: number;
  readonly droppedLogs: number;
}

/** Where a node is, for its balancer. */
export interface Backend {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly healthPath: string;
}

export interface Balancer<O = unknown> extends Plugin<O> {
  /** Names of options that are files; a scenario gives their paths from its own folder. */
  readonly files?: readonly string[];
  /** Throws HarnessError('invalid') for options that nothing can be made of; called while planning. */
  validate?(options: O): void;
  readonly image: ImageName;
  readonly hasStates: boolean;
  /** Port that users reach, inside the container. */
  readonly port: number;
  /** Leads to the same nodes; its requests are neither logged nor counted among those of the load. Absent: no sentinel. */
  readonly sentinelPort?: number;
  /** Ports to publish beside it. */
  readonly controlPorts: readonly number[];
  recipe(
    backends: readonly Backend[],
    options: O,
  ): {
    readonly command: readonly string[];
    readonly files: readonly FileSpec[];
  };
  /** Why it ended at once, from what it wrote: it does not take its configuration. Undefined: for another reason. */
  refusal?(log: string, backends: readonly Backend[], options: O): string | undefined;
  view(balancer: Container): Promise<readonly BackendView[]>;
  books(balancer: Container): Promise<BalancerBooks>;
  /** Turns one line of the balancer's output into a request or a state change; undefined for other lines. */
  parseLine(line: string): BalancerLine | undefined;
}

/** `endedWallMs`: epoch ms at which the line was written. */
export type BalancerLine =
  | {
      readonly kind: 'request';
      readonly endedWallMs: number;
      readonly node: string | null;
      readonly generation: string | null;
      readonly status: number;
      readonly retries: number;
      readonly termination: string;
      /** The answer had begun, and was not sent to its end. */
      readonly wasCut: boolean;
    }
  | {
      readonly kind: 'state';
      readonly node: string;
      readonly up: boolean;
      readonly word: string;
      readonly reason?: string;
    };
