// One node on the real engine for the contract suites: booted from a spec as a scenario would give it, asked directly,
// watched through its supervisor.
import { request as send } from 'node:http';
import { monotonicMs, waitFor, type Look } from '../../harness/core/clock.js';
import type { NodeSpec } from '../../harness/plan/node-spec.js';
import type { PluginChoice } from '../../harness/plan/plugin-choice.js';
import type { ObservedEvent, SupervisorEvent, SupervisorSaidEvent } from '../../harness/record/events.js';
import { apps } from '../../harness/tier/apps/index.js';
import { assemble, type Assembly } from '../../harness/tier/assembly.js';
import type { App, Node, Server, Supervisor } from '../../harness/tier/plugins.js';
import type { Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { servers } from '../../harness/tier/servers/index.js';
import * as supervisors from '../../harness/tier/supervisors/index.js';

export const BOOT_DEADLINE_MS = 60_000;

export interface Wanted {
  readonly supervisor: { readonly kind: keyof typeof supervisors } & Readonly<Record<string, unknown>>;
  readonly server: { readonly kind: keyof typeof servers } & Readonly<Record<string, unknown>>;
  readonly app?: Readonly<Record<string, unknown>>;
  readonly openFiles?: number;
}

/** As the planner makes it: options validated, defaults filled in. */
export function specOf({ supervisor, server, app = {}, openFiles }: Wanted): NodeSpec {
  return {
    supervisor: chosen(supervisors[supervisor.kind], supervisor),
    server: chosen(servers[server.kind], server),
    app: chosen(apps.shop, app),
    user: 'www-data',
    env: { GREETING: `it's "50 %" of $HOME \\ more` },
    ...(openFiles === undefined ? {} : { openFiles }),
  };
}

function chosen(plugin: App | Server | Supervisor, given: Readonly<Record<string, unknown>>): PluginChoice {
  const options = Object.fromEntries(Object.entries(given).filter(([key]) => key !== 'kind'));
  return { kind: plugin.name, options: plugin.options.parse(options) as PluginChoice['options'] };
}

export interface Booted extends Assembly {
  readonly node: Node;
}

export async function boot(runtime: Runtime, network: TierNetwork, name: string, spec: NodeSpec): Promise<Booted> {
  const assembly = assemble(spec);
  const { service, supervisor, supervisorOptions, image } = assembly;
  const recipe = supervisor.recipe(service, supervisorOptions);
  const container = await network.create({
    ...recipe.container,
    name,
    image: await runtime.ensureImage(image, () => undefined),
    files: [...service.files, ...recipe.files],
    publish: [service.port],
  });
  for (const argv of recipe.start) {
    const { exitCode, stderr } = await container.exec(argv);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr}`);
  }
  return { ...assembly, node: { name, container, supervisor, supervisorOptions, service } };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly generation: string;
}

/** One request on a fresh connection; undefined: no answer. */
export function ask(node: Node, path = '/health', post?: string): Promise<Answer | undefined> {
  const { host, port } = node.container.reach(node.service.port);
  return new Promise((resolve) => {
    const request = send(
      { host, port, path, agent: false, timeout: 1_000, method: post === undefined ? 'GET' : 'POST' },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        const generation = String(response.headers['x-generation'] ?? '');
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, generation }));
        response.on('error', () => resolve(undefined));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
    request.end(post);
  });
}

/** Pids (own and parent's) of who answers. */
export function pidsOf(generation: string): readonly number[] {
  return generation.split('/').map((key) => Number(key.split('.')[0]));
}

/** `pid.start` of both: a node that was down gives its pids anew. */
export function livesOf(generation: string): readonly string[] {
  return generation.split('/').map((key) => key.split('.').slice(0, 2).join('.'));
}

/** Prints `pid parent start` of all who hold the listener of a port (in hex): proc(5), net/tcp, fd and stat. */
const HOLDERS = `
inode=$(awk -v port=":$0" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' /proc/net/tcp)
[ -n "$inode" ] || exit 0
find /proc/[0-9]*/fd -lname "socket:\\[$inode\\]" 2>/dev/null | cut -d/ -f3 | sort -u |
while read -r pid; do sed "s/.*) //; s/^/$pid /" /proc/$pid/stat; done | awk '{ print $1, $3, $21 }'
`;

/**
 * For a server that does not say who answered: who holds the listener and is no child of one who does, as `pid.start`;
 * empty while that is nobody, or more than one.
 */
async function topOfListener(node: Node): Promise<string> {
  const port = node.service.port.toString(16).toUpperCase().padStart(4, '0');
  const { stdout } = await node.container.exec(['sh', '-c', HOLDERS, port]);
  const holders = stdout.split('\n').flatMap((line) => {
    const [pid = '', parent = '', start = ''] = line.split(' ');
    return start === '' ? [] : [{ pid, parent, start }];
  });
  const [top, ...others] = holders.filter(({ parent }) => !holders.some(({ pid }) => pid === parent));
  return top && others.length === 0 ? `${top.pid}.${top.start}` : '';
}

/** Until somebody answers who is not of these pids, or lives. */
export function answerOfAnother(node: Node, than: readonly (number | string)[], deadlineMs: number): Promise<Answer> {
  const look = async (): Promise<Look<Answer>> => {
    const answer = await ask(node);
    if (!answer) return { done: false, evidence: 'no answer' };
    const generation = answer.generation || (await topOfListener(node));
    if (answer.status === 200 && generation !== '' && !than.some((one) => isOf(generation, one)))
      return { done: true, value: { ...answer, generation } };
    return { done: false, evidence: `${answer.status} by ${generation || 'more than one'}` };
  };
  return waitFor(look, { what: `another than ${than.join(', ') || 'nobody'} to answer on ${node.name}`, deadlineMs });
}

function isOf(generation: string, one: number | string): boolean {
  return typeof one === 'number' ? pidsOf(generation).includes(one) : livesOf(generation).includes(one);
}

/** What a supervisor's watch tells, kept. */
export class Witness {
  readonly events: ObservedEvent[] = [];
  #stop: () => Promise<void> = () => Promise.resolve();

  static async of(node: Node): Promise<Witness> {
    const witness = new Witness();
    const observe = (event: ObservedEvent): void => void witness.events.push({ ...event, atMs: monotonicMs() });
    witness.#stop = await node.supervisor.watch(node, observe, new AbortController().signal);
    return witness;
  }

  get states(): readonly Omit<SupervisorEvent, 'atMs'>[] {
    return this.events.filter((event) => event.kind === 'supervisor');
  }

  get said(): readonly Omit<SupervisorSaidEvent, 'atMs'>[] {
    return this.events.filter((event) => event.kind === 'supervisor-said');
  }

  /** Forgets what was told so far but the last state. */
  forget(): void {
    const last = this.events.findLast((event) => event.kind === 'supervisor');
    this.events.splice(0, this.events.length, ...(last ? [last] : []));
  }

  async until(what: string, deadlineMs: number, isSo: (witness: Witness) => boolean): Promise<void> {
    await waitFor(() => (isSo(this) ? { done: true, value: true } : { done: false, evidence: this.#story() }), {
      what,
      deadlineMs,
    });
  }

  async settled(pid: number, deadlineMs: number): Promise<void> {
    const isSo = ({ states }: Witness): boolean =>
      states.at(-1)?.state === 'running' && states.at(-1)?.trackedPid === pid;
    await this.until(`the supervisor to say that pid ${pid} runs`, deadlineMs, isSo);
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #story(): string {
    const told = this.events.map((event) => {
      if (event.kind === 'supervisor') return `${event.word} (${event.trackedPid ?? 'nothing'})`;
      return event.kind === 'supervisor-said' ? `"${event.line}"` : event.kind;
    });
    return told.slice(-8).join(', ') || 'it told nothing';
  }
}

/** Command line and environment of a process, as the kernel has them. */
export async function processOf(node: Node, pid: number) {
  const { stdout } = await node.container.exec([
    'sh',
    '-c',
    `tr '\\0' '\\t' </proc/${pid}/environ; echo; tr '\\0' ' ' </proc/${pid}/cmdline; echo; grep 'open files' /proc/${pid}/limits; readlink /proc/${pid}/cwd; stat -c %U /proc/${pid}`,
  ]);
  const [environ = '', title = '', limits = '', cwd = '', user = ''] = stdout.split('\n');
  const pairs = environ.split('\t').filter((text) => text !== '');
  const env = Object.fromEntries(pairs.map((text) => [text.replace(/=.*$/, ''), text.replace(/^[^=]*=/, '')]));
  return {
    env: env as Readonly<Record<string, string>>,
    title: title.trim(),
    openFiles: limits.split(/\s+/)[3],
    cwd,
    user,
  };
}
