// A running container behind the Container interface: what node, balancer and agent do with it. Made by network.ts.
import type Dockerode from 'dockerode';
import { sleep } from '../../core/clock.js';
import { HarnessError, messageOf } from '../../core/errors.js';
import { archiveOf, onlyFileOf } from './archive.js';
import { attachExec, attachOutput } from './attach.js';
import { statusOf, unlessGone } from './engine-errors.js';
import { execInContainer, type ExecOptions } from './exec.js';
import { Demultiplexer } from './frames.js';
import type { LifeStream } from './life.js';
import type { AttachedExec, Container, ContainerChange, ContainerState, ExecResult, FileSpec } from './runtime.js';
import { SYSTEMD_TMPFS } from './systemd-flags.js';

const STOP_GRACE_MS = 10_000;
const REMOVAL_DEADLINE_MS = 15_000;

export interface ContainerFacts {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  /** Where published ports are reached: 127.0.0.1, or the host of a remote engine. */
  readonly host: string;
  readonly ports: ReadonlyMap<number, number>;
  readonly systemd: boolean;
  readonly life: LifeStream;
}

export class DockerContainer implements Container {
  readonly name: string;
  readonly id: string;
  readonly address: string;
  readonly #container: Dockerode.Container;
  readonly #facts: ContainerFacts;

  constructor(container: Dockerode.Container, facts: ContainerFacts) {
    this.#container = container;
    this.#facts = facts;
    this.name = facts.name;
    this.id = facts.id;
    this.address = facts.address;
  }

  reach(port: number): { readonly host: string; readonly port: number } {
    const published = this.#facts.ports.get(port);
    if (published === undefined) throw new HarnessError('internal', `port ${port} of ${this.name} is not published`);
    return { host: this.#facts.host, port: published };
  }

  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return execInContainer(this.#container, this.name, argv, options);
  }

  attachExec(argv: readonly string[]): Promise<AttachedExec> {
    return attachExec(this.#container, this.name, argv);
  }

  attachOutput(onLine: (line: string) => void, onEnd: () => void): Promise<() => void> {
    return attachOutput(this.#container, onLine, onEnd);
  }

  copyIn(files: readonly FileSpec[]): Promise<void> {
    return copyInto(this.#container, this.name, files, this.#facts.systemd);
  }

  async readFile(path: string): Promise<string> {
    try {
      return await onlyFileOf(await this.#container.getArchive({ path }), path);
    } catch (error) {
      throw new HarnessError('internal', `cannot read ${path} of ${this.name}`, {
        evidence: messageOf(error).trim(),
        cause: error,
      });
    }
  }

  async state(): Promise<ContainerState> {
    const { State: state, RestartCount: restarts } = await this.#container.inspect();
    return {
      word: state.Status as ContainerState['word'],
      exitCode: state.ExitCode,
      restarts,
      startedAt: state.StartedAt,
      error: state.Error,
    };
  }

  follow(listener: (change: ContainerChange) => void): Promise<() => void> {
    return this.#facts.life.follow(this.id, listener);
  }

  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    await unlessStatus([304, 404], () => this.#container.stop({ t: wholeSeconds(graceMs) })); // 304: stopped already.
  }

  async kill(): Promise<void> {
    await unlessStatus([409], () => this.#container.kill()); // 409: it is not running.
  }

  async start(): Promise<void> {
    await unlessStatus([304], () => this.#container.start()); // 304: started already.
  }

  async restart(graceMs = STOP_GRACE_MS): Promise<void> {
    await this.#container.restart({ t: wholeSeconds(graceMs) });
  }

  remove(): Promise<void> {
    return removeContainer(this.#container, this.name);
  }

  async logTail(lines: number): Promise<string> {
    const raw = await this.#container.logs({ stdout: true, stderr: true, tail: lines, follow: false });
    const chunks: Buffer[] = [];
    const frames = new Demultiplexer(
      (chunk) => chunks.push(chunk),
      (chunk) => chunks.push(chunk),
    );
    frames.push(raw);
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** The engine counts in whole seconds; 0 kills at once. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Answers of the engine's that say that what was asked for is so already. */
async function unlessStatus(fine: readonly number[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!fine.includes(statusOf(error) ?? 0)) throw error;
  }
}

/** Copies files in; a systemd node's tmpfs folders are not part of what the engine can write to. */
export async function copyInto(
  container: Dockerode.Container,
  name: string,
  files: readonly FileSpec[],
  systemd: boolean,
): Promise<void> {
  if (files.length === 0) return;
  const hidden =
    systemd && files.find(({ path }) => Object.keys(SYSTEMD_TMPFS).some((top) => path.startsWith(`${top}/`)));
  if (hidden) {
    throw new HarnessError(
      'internal',
      `${hidden.path} cannot be copied into ${name}: a tmpfs of systemd's would hide it`,
      {
        hint: 'put it elsewhere; for folders below /run use RuntimeDirectory= or tmpfiles.d',
      },
    );
  }
  await container.putArchive(await archiveOf(files), { path: '/' });
}

/** Kills and removes at once, with its volumes. A removal by somebody else at the same time is as good. */
export async function removeContainer(container: Dockerode.Container, name: string): Promise<void> {
  try {
    await unlessGone(() => container.remove({ force: true, v: true }));
  } catch (error) {
    if (statusOf(error) !== 409) throw error; // 409: "removal of container is already in progress"
    await untilGone(container, name);
  }
}

async function untilGone(container: Dockerode.Container, name: string): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      await container.inspect();
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw error;
    }
    if (performance.now() - startedAt > REMOVAL_DEADLINE_MS)
      throw new HarnessError('internal', `container ${name} is still being removed after ${REMOVAL_DEADLINE_MS} ms`);
    await sleep(50);
  }
}
