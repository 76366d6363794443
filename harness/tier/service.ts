// A service: what any supervisor is told to keep running. Servers make it, supervisors' recipes turn it into a unit or
// a pill, the verdict compares restarted processes with it.
import type { Listens } from '../plan/node-spec.js';
import type { FileSpec } from './runtime/runtime.js';

export interface Service {
  /** It came with a user's own image: what it is started with is in there and not known here. */
  readonly isOwn?: true;
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: string;
  /** 0 for one that `listens` elsewhere. */
  readonly port: number;
  readonly healthPath: string;
  /** A further service of an own node; absent: on its port. */
  readonly listens?: Listens;
  /** Does the command put itself into the background? */
  readonly daemonizes: boolean;
  /** True where the server has no such power at all: a supervisor's recipe may then daemonize it. */
  readonly cannotDaemonize: boolean;
  /** The pid file that the server itself writes, if it does. */
  readonly pidFile?: string;
  /** True where it does not start while a process with the pid in that file lives, whoever that is. */
  readonly refusesLivePidFile?: boolean;
  /** True where it removes that file at its exit without a look at whose pid is in it. */
  readonly removesAnyPidFile?: boolean;
  /** True where the running process shows no environment: it keeps hardly any, and writes its title over it. */
  readonly hidesEnvironment?: boolean | 'perhaps';
  readonly stop: { readonly signal: string; readonly graceMs: number };
  readonly openFiles?: number;
  /** Configuration files, application files and knobs that it needs in the node. */
  readonly files: readonly FileSpec[];
  /** The master's command line once it runs (servers rewrite it); null when unknown. */
  readonly runningTitle: string | null;
}

export function listensOf({ listens, port, healthPath }: Service): Listens {
  return listens ?? { kind: 'port', port, healthPath };
}

/** Can it be asked from outside of its node? */
export function isAsked(service: Service): boolean {
  return listensOf(service).kind === 'port';
}
