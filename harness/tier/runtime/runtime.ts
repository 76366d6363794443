// The container runtime as the rest of the code sees it; docker.ts is the implementation.
import type { OwnSource } from '../../plan/node-spec.js';

/** A file copied into a container; directories are made as needed. */
export interface FileSpec {
  readonly path: string;
  /** Text. */
  readonly content?: string;
  /** In the place of a text. */
  readonly bytes?: Uint8Array;
  /** Octal, default 0o644. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Makes a symbolic link instead. */
  readonly linkTo?: string;
  /** Makes a directory instead. */
  readonly directory?: true;
}

export interface ContainerSpec {
  /** 'web-1': name in the network, and of the container (prefixed by run and environment). */
  readonly name: string;
  readonly image: string;
  /** Absent: what the image says. */
  readonly command?: readonly string[];
  /** Absent: the image's. Empty: none. */
  readonly entrypoint?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly FileSpec[];
  /** Container ports to publish on 127.0.0.1 at a free port. */
  readonly publish: readonly number[];
  /** True: systemd is PID 1; the runtime adds the cgroup flags that this engine needs. */
  readonly systemd: boolean;
  /** True: the engine's own init is PID 1 and reaps. */
  readonly init: boolean;
  /** User of the command; absent: root. Commands that are run in it later are root's all the same. */
  readonly user?: string;
  readonly cwd?: string;
  /** RLIMIT_NOFILE of the command; absent: the engine's. */
  readonly openFiles?: number;
  readonly memoryBytes?: number;
  readonly cpus?: number;
  /** Signal that the engine stops it with, 'QUIT'; absent: TERM. */
  readonly stopSignal?: string;
  /** What the engine does when it ends; absent: nothing. */
  readonly restartPolicy?: RestartPolicy;
}

/** An image that is there, and what it runs by itself. */
export interface OwnImage {
  readonly tag: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface RestartPolicy {
  readonly name: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** For `on-failure`; absent: without end. */
  readonly maximumRetryCount?: number;
}

/** What the engine says of a container now. */
export interface ContainerState {
  /** `restarting`: it has ended, and its policy will start it when its delay is over. */
  readonly word: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Of its last end. */
  readonly exitCode: number;
  /** Restarts by policy since somebody started it last. */
  readonly restarts: number;
  /** By the engine's clock; another one after each start. */
  readonly startedAt: string;
  /** Why it could not be started; '' where it could. */
  readonly error: string;
}

/** A container's main process ended, and everything in it with it; or it was started. `atMs`: when we heard of it. */
export type ContainerChange =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly atMs: number }
  | { readonly kind: 'started'; readonly atMs: number }
  | { readonly kind: 'out-of-memory'; readonly atMs: number };

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command kept open in a container. */
export interface AttachedExec {
  /** Calls back for each complete line of standard output. */
  onLine(listener: (line: string) => void): void;
  onEnd(listener: () => void): void;
  write(text: string): void;
  /** Closes standard input; the command is expected to end by itself. */
  end(): void;
}

export interface Container {
  readonly name: string;
  readonly id: string;
  /** Address on the private network; the same for as long as the container exists. */
  readonly address: string;
  /** Host and port at which a published container port is reached from this process: the same over all its restarts. */
  reach(port: number): { readonly host: string; readonly port: number };
  exec(
    argv: readonly string[],
    options?: { readonly user?: string; readonly signal?: AbortSignal },
  ): Promise<ExecResult>;
  attachExec(argv: readonly string[]): Promise<AttachedExec>;
  /** Lines of the container's own standard output, from now on. Attach before the load starts. */
  attachOutput(onLine: (line: string) => void, onEnd: () => void): Promise<() => void>;
  copyIn(files: readonly FileSpec[]): Promise<void>;
  readFile(path: string): Promise<string>;
  state(): Promise<ContainerState>;
  /** Calls back for each end and each start from now on; resolves once none of them can be missed. */
  follow(listener: (change: ContainerChange) => void): Promise<() => void>;
  /**
   * Asks PID 1 to end and kills what is left after `graceMs` (default 10 s). To the engine a stop, like a kill, is a
   * person's wish: no restart policy acts on it.
   */
  stop(graceMs?: number): Promise<void>;
  /** Ends everything in it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again with what it has written; resolves when it runs. */
  start(): Promise<void>;
  /** Stop and start in one order to the engine. */
  restart(graceMs?: number): Promise<void>;
  remove(): Promise<void>;
  /** Last lines of the container's own output, for errors. */
  logTail(lines: number): Promise<string>;
}

/** A private network with the containers of one environment of one run. */
export interface TierNetwork {
  readonly name: string;
  /** Creates (and registers for sweep) a container; files are copied in before it starts. */
  create(spec: ContainerSpec): Promise<Container>;
  remove(): Promise<void>;
}

export interface RuntimeInfo {
  readonly engineVersion: string;
  readonly cgroupVersion: 1 | 2;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface LeftBehind {
  readonly kind: 'container' | 'network' | 'volume' | 'image';
  readonly name: string;
  readonly id: string;
  readonly run: string;
  /** Value of the owner label. */
  readonly owner: string;
  readonly labelKind: 'run' | 'kept' | 'up';
  /** True where the owner is this machine and this boot, and its process is proved gone. */
  readonly ownerIsDead: boolean;
}

export interface Runtime {
  info(): Promise<RuntimeInfo>;
  /** Makes sure that an image exists, building what is missing, and returns its tag. `progress` gets one line a step. */
  ensureImage(name: ImageName, progress: (line: string) => void, signal?: AbortSignal): Promise<string>;
  /** The image of a user's own node: as it is, pulled, or built. */
  ensureOwnImage(source: OwnSource, progress: (line: string) => void, signal?: AbortSignal): Promise<OwnImage>;
  createNetwork(runId: string, environment: string, kind: 'run' | 'kept' | 'up'): Promise<TierNetwork>;
  /** Everything with our labels. */
  findLeftBehind(): Promise<readonly LeftBehind[]>;
  removeLeftBehind(items: readonly LeftBehind[]): Promise<readonly string[]>;
  /** One command in a container that a dead run left. */
  execIn(container: LeftBehind, argv: readonly string[], signal: AbortSignal): Promise<ExecResult>;
}

/** 'base', 'node-ruby', 'node-ruby+systemd', 'balancer-haproxy': see images/recipes.ts. */
export type ImageName = string;
