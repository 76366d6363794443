// The agent of a node as functions: look at processes, owners of sockets and files, and send signals. Signals have a
// shell of their own, so that a blow never waits behind a look.
import { parseKey, type ProcessKey } from '../../core/identity.js';
import type { Container } from '../../tier/runtime/runtime.js';
import { maskCommand } from './secrets.js';
import { listeningInodes, parseStat, sections, type ExecMemory, type Scanned } from './scan.js';
import { AgentShell } from './shell.js';

export interface Scan {
  /** Content of the pid file: null when it is absent or holds no number. */
  readonly pidInFile: number | null;
  readonly processes: readonly Scanned[];
}

export class Agent {
  readonly #looking: AgentShell;
  readonly #acting: AgentShell;
  readonly #memory: ExecMemory = new Map();
  /** How long each scan took to be answered, ms; drained by the watch. */
  readonly latenciesMs: number[] = [];

  private constructor(looking: AgentShell, acting: AgentShell) {
    this.#looking = looking;
    this.#acting = acting;
  }

  static async open(container: Container, node: string): Promise<Agent> {
    const [looking, acting] = await Promise.all([AgentShell.open(container, node), AgentShell.open(container, node)]);
    return new Agent(looking, acting);
  }

  get ended(): boolean {
    return this.#looking.ended || this.#acting.ended;
  }

  async scan(pidFile: string | undefined): Promise<Scan> {
    const lines = await this.#looking.ask(`scan ${pidFile ?? ''}`, (ms) => this.latenciesMs.push(ms));
    const [first = '', ...stats] = lines;
    const pid = Number(first.slice(2));
    return {
      pidInFile: Number.isInteger(pid) && pid > 0 ? pid : null,
      processes: stats.map((line) => parseStat(line, this.#memory)).filter((process) => process !== undefined),
    };
  }

  /** Command line (masked) and uid of processes that have just been seen for the first time. */
  async who(pids: readonly number[]): Promise<ReadonlyMap<number, { readonly command: string; readonly uid: number }>> {
    if (pids.length === 0) return new Map();
    const found = sections(await this.#looking.ask(`who ${pids.join(' ')}`));
    return new Map(
      [...found].map(([pid, lines]) => {
        const uid = lines.find((line) => line.startsWith('U '))?.slice(2);
        const argv = lines.filter((line) => !line.startsWith('U ') && line !== '');
        return [Number(pid), { command: maskCommand(argv), uid: Number(uid ?? Number.NaN) }];
      }),
    );
  }

  async listening(port: number): Promise<ReadonlySet<string>> {
    return listeningInodes(await this.#looking.ask('net'), port);
  }

  /** Those of `pids` that hold one of the sockets; `denied` are those whose files may not be read. */
  async holders(
    pids: readonly number[],
    inodes: ReadonlySet<string>,
  ): Promise<{ readonly holders: readonly number[]; readonly denied: readonly number[] }> {
    if (pids.length === 0 || inodes.size === 0) return { holders: [], denied: [] };
    const found = [...sections(await this.#looking.ask(`fds ${pids.join(' ')}`))];
    const holdsOne = (lines: readonly string[]): boolean =>
      lines.some((line) => {
        const inode = /socket:\[(\d+)\]$/.exec(line)?.[1];
        return inode !== undefined && inodes.has(inode);
      });
    const isDenied = (lines: readonly string[]): boolean => lines.some((line) => line.includes('Permission denied'));
    return {
      holders: found.filter(([, lines]) => holdsOne(lines)).map(([pid]) => Number(pid)),
      denied: found.filter(([, lines]) => isDenied(lines)).map(([pid]) => Number(pid)),
    };
  }

  /** Sends a signal if that very process still exists; false when it does not. */
  async signal(key: ProcessKey, signal: string): Promise<boolean> {
    const { pid, start } = parseKey(key);
    const [answer] = await this.#acting.ask(`kill ${pid} ${start} ${signal}`);
    return answer === 'ok';
  }

  /** Raw sections about one process; see snapshot.ts. */
  async describe(pid: number): Promise<ReadonlyMap<string, readonly string[]>> {
    return sections(await this.#looking.ask(`snapshot ${pid}`));
  }

  /** Values of limit files in a cgroup's folder; those that cannot be read are left out. */
  async cgroupLimits(folder: string, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const lines = await this.#looking.ask(`limits ${folder} ${names.join(',')}`);
    return Object.fromEntries(lines.map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
  }

  end(): void {
    this.#looking.end();
    this.#acting.end();
  }
}
