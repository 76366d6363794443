// The agent of a node as functions: look at processes, owners of sockets and files, and send signals. Signals have a
// shell of their own, so that a blow never waits behind a look.
import { parseKey, type ProcessKey } from '../../core/identity.js';
import type { Container } from '../../tier/runtime/runtime.js';
import { parseScan, type ExecMemory, type Scan } from './scan.js';
import { AgentShell } from './shell.js';

export interface Person {
  readonly argv: readonly string[];
  readonly uid: number;
}

/** A listener: that of a service (plan/node-spec.ts), or any port. */
export type Where =
  | { readonly kind: 'port' | 'loopback'; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'nowhere' };

export interface Holders {
  readonly pids: ReadonlySet<number>;
  /** Those whose files may not be read. */
  readonly denied: readonly number[];
  /** Those that are gone or dying: the look is already out of date. */
  readonly gone: readonly number[];
}

/** NUL and newline travel as 1 and 2. */
export function untangle(text: string): readonly string[] {
  const parts = text.split('\x01').map((part) => part.replaceAll('\x02', '\n'));
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** Servers overwrite their arguments with a title and pad it with blanks or NULs; the padding is not an argument. */
export function argvOf(text: string): readonly string[] {
  const argv = [...untangle(text)];
  while (argv.at(-1)?.trim() === '') argv.pop();
  return argv.map((argument, index) => (index === argv.length - 1 ? argument.trimEnd() : argument));
}

export class Agent {
  readonly #looking: AgentShell;
  readonly #acting: AgentShell;
  readonly #memory: ExecMemory = new Map();

  private constructor(
    looking: AgentShell,
    acting: AgentShell,
    /** Size of a page of memory in the node. */
    readonly pageBytes: number,
  ) {
    this.#looking = looking;
    this.#acting = acting;
  }

  static async open(container: Container, node: string): Promise<Agent> {
    const both = await Promise.allSettled([AgentShell.open(container, node), AgentShell.open(container, node)]);
    const [looking, acting] = both;
    if (looking.status === 'fulfilled' && acting.status === 'fulfilled')
      return new Agent(looking.value.shell, acting.value.shell, looking.value.pageBytes);
    for (const one of both) if (one.status === 'fulfilled') one.value.shell.end();
    throw both.find((one) => one.status === 'rejected')?.reason;
  }

  get ended(): boolean {
    return this.#looking.ended || this.#acting.ended;
  }

  async scan(pidFile = ''): Promise<Scan> {
    return parseScan(await this.#looking.ask(`scan ${pidFile}`), this.#memory);
  }

  /** Inodes of the sockets that listen there. */
  async listeners(at: Where): Promise<readonly string[]> {
    switch (at.kind) {
      case 'port':
      case 'loopback':
        return this.#looking.ask(`listen ${at.port.toString(16).toUpperCase().padStart(4, '0')}`);
      case 'socket':
        return this.#looking.ask(`unix ${at.path}`);
      case 'nowhere':
        return [];
    }
  }

  /** Which files of these processes are sockets, in a form that only tells whether that changed. */
  async sockets(pids: readonly number[]): Promise<string> {
    return pids.length === 0 ? '' : (await this.#looking.ask(`sockets ${pids.join(' ')}`)).join(' ');
  }

  /** Arguments and uid; processes that are gone are left out. */
  async who(pids: readonly number[]): Promise<ReadonlyMap<number, Person>> {
    if (pids.length === 0) return new Map();
    const lines = await this.#looking.ask(`who ${pids.join(' ')}`);
    const rows = lines.map((line) => /^(\d+) (\d+) (.*)$/su.exec(line)).filter((row) => row !== null);
    return new Map(
      rows.map(([, pid, uid, command = '']) => [Number(pid), { argv: argvOf(command), uid: Number(uid) }]),
    );
  }

  /** Command lines in a form that only tells whether one changed. */
  async titles(pids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (pids.length === 0) return new Map();
    const lines = await this.#looking.ask(`titles ${pids.join(' ')}`);
    return new Map(lines.map((line) => [Number.parseInt(line, 10), line.slice(line.indexOf(' ') + 1)]));
  }

  /** Who of `pids` holds one of the sockets? */
  async holders(pids: readonly number[], inodes: readonly string[]): Promise<Holders> {
    if (pids.length === 0 || inodes.length === 0) return { pids: new Set(), denied: [], gone: [] };
    return parseHolders(await this.#looking.ask(`fds ${pids.join(' ')}`), pids, inodes);
  }

  /** Sends a signal if that very process still lives; false when it does not. */
  async signal(key: ProcessKey, signal: string): Promise<boolean> {
    const { pid, start } = parseKey(key);
    const [answer] = await this.#acting.ask(`kill ${pid} ${start} ${signal}`);
    return answer === 'ok';
  }

  /** Lines about one process, for snapshot.ts. */
  async describe(pid: number): Promise<readonly string[]> {
    return this.#looking.ask(`snapshot ${pid}`);
  }

  /** Values of limit files in a cgroup; those that cannot be read are left out. */
  async cgroupLimits(
    mount: string,
    cgroup: string,
    names: readonly string[],
  ): Promise<Readonly<Record<string, string>>> {
    const lines = await this.#looking.ask(`limits ${mount} ${names.join(',')} ${cgroup}`);
    return Object.fromEntries(lines.map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
  }

  end(): void {
    this.#looking.end();
    this.#acting.end();
  }
}

/** From `ls -l` of several /proc/PID/fd. A process that has not one open file is a zombie, or will be in a moment. */
export function parseHolders(lines: readonly string[], pids: readonly number[], inodes: readonly string[]): Holders {
  const files = new Map<number, number>();
  const holders = new Set<number>();
  const denied = new Set<number>();
  let pid = 0;
  for (const line of lines) {
    const refused = /^ls: .*\/proc\/(\d+)\/fd.*(?:Permission denied|Operation not permitted)$/.exec(line)?.[1];
    if (refused !== undefined) denied.add(Number(refused));
    const folder = /^\/proc\/(\d+|self)\/fd:$/.exec(line)?.[1];
    if (folder !== undefined) pid = Number(folder) || 0;
    if (!line.startsWith('l')) continue;
    files.set(pid, (files.get(pid) ?? 0) + 1);
    const inode = / -> socket:\[(\d+)\]$/.exec(line)?.[1];
    if (inode !== undefined && inodes.includes(inode)) holders.add(pid);
  }
  return {
    pids: new Set(pids.filter((each) => holders.has(each))),
    denied: pids.filter((each) => denied.has(each)),
    gone: pids.filter((each) => !denied.has(each) && !files.has(each)),
  };
}
