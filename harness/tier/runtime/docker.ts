// The container runtime: a Docker engine, through dockerode. `run`, `clean` and `doctor` connect here.
import Dockerode from 'dockerode';
import { sleep } from '../../core/clock.js';
import { HarnessError, messageOf } from '../../core/errors.js';
import { formatMs } from '../../core/units.js';
import type { OwnSource } from '../../plan/node-spec.js';
import { ensureImage } from '../images/ensure.js';
import { ensureOwnImage } from '../images/own.js';
import { removeContainer } from './container.js';
import { execInContainer } from './exec.js';
import { findEndpoint, type Endpoint } from './endpoint.js';
import { isNoAnswer, noEngine, unlessGone } from './engine-errors.js';
import { createBridge } from './bridge.js';
import { engineName, LABEL, labelKindOf, labelsOf, type LabelKind } from './labels.js';
import { DockerNetwork, removeNetwork } from './network.js';
import { stateOfOwner } from './owner.js';
import type { ExecResult, ImageName, LeftBehind, OwnImage, Runtime, RuntimeInfo, TierNetwork } from './runtime.js';
import { systemdFlags } from './systemd-flags.js';

const ANSWER_DEADLINE_MS = 5_000;

/** Connects to the engine that DOCKER_HOST, the docker context or the default socket name; `cannot-run-here` if none answers. */
export async function connectDocker(): Promise<Runtime> {
  const { docker, endpoint } = await connectEngine();
  return new DockerRuntime(docker, endpoint);
}

/** The engine itself, for what is not part of a run: the bootstrap and `doctor`. */
export async function connectEngine(): Promise<{ readonly docker: Dockerode; readonly endpoint: Endpoint }> {
  const endpoint = findEndpoint();
  const docker = new Dockerode(endpoint.options);
  const late = new AbortController();
  try {
    const silence = sleep(ANSWER_DEADLINE_MS, late.signal).then(() => {
      throw new Error(`no answer in ${formatMs(ANSWER_DEADLINE_MS)}`);
    });
    await Promise.race([docker.ping(), silence]);
  } catch (error) {
    throw noEngine(error, endpoint);
  } finally {
    late.abort();
  }
  return { docker, endpoint };
}

class DockerRuntime implements Runtime {
  readonly #docker: Dockerode;
  readonly #endpoint: Endpoint;
  #info: Promise<RuntimeInfo> | undefined;

  constructor(docker: Dockerode, endpoint: Endpoint) {
    this.#docker = docker;
    this.#endpoint = endpoint;
  }

  info(): Promise<RuntimeInfo> {
    this.#info ??= this.#readInfo();
    return this.#info;
  }

  async #readInfo(): Promise<RuntimeInfo> {
    const info = (await this.#asking(() => this.#docker.info())) as EngineInfo;
    return {
      engineVersion: info.ServerVersion,
      cgroupVersion: info.CgroupVersion === '2' ? 2 : 1, // Engines before 20.10 know only v1, and do not say so.
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
    };
  }

  ensureImage(name: ImageName, progress: (line: string) => void, signal?: AbortSignal): Promise<string> {
    return this.#asking(() => ensureImage(this.#docker, name, progress, signal));
  }

  ensureOwnImage(source: OwnSource, progress: (line: string) => void, signal?: AbortSignal): Promise<OwnImage> {
    return this.#asking(() => ensureOwnImage(this.#docker, source, progress, signal));
  }

  async createNetwork(runId: string, environment: string, kind: LabelKind): Promise<TierNetwork> {
    const info = await this.info();
    const name = engineName(runId, environment);
    const labels = labelsOf(runId, environment, kind);
    const network = await this.#asking(() => this.#createBridge(name, labels));
    const { remoteHost } = this.#endpoint;
    const facts = { name, ...network, runId, environment, labels, remoteHost, systemdFlags: systemdFlags(info) };
    return new DockerNetwork(this.#docker, facts);
  }

  async #createBridge(name: string, labels: Readonly<Record<string, string>>): ReturnType<typeof createBridge> {
    try {
      return await createBridge(this.#docker, name, labels);
    } catch (error) {
      if (isNoAnswer(error)) throw error;
      throw new HarnessError('boot-failed', `the engine could not make the network ${name}`, {
        evidence: messageOf(error).trim(),
        hint: 'when it is out of addresses: remuster clean, docker network prune',
        cause: error,
      });
    }
  }

  async findLeftBehind(): Promise<readonly LeftBehind[]> {
    const filters = { label: [LABEL.run] };
    const [containers, networks, volumes, images] = await this.#asking(() =>
      Promise.all([
        this.#docker.listContainers({ all: true, filters }),
        this.#docker.listNetworks({ filters }),
        this.#docker.listVolumes({ filters }),
        this.#docker.listImages({ filters }),
      ]),
    );
    return [
      ...containers.map((one) => left('container', one.Id, (one.Names[0] ?? one.Id).replace(/^\//, ''), one.Labels)),
      ...networks.map((one) => left('network', one.Id, one.Name, one.Labels)),
      ...volumes.Volumes.map((one) => left('volume', one.Name, one.Name, one.Labels)),
      ...images.map((one) => left('image', one.Id, one.RepoTags?.[0] ?? one.Id, one.Labels)),
    ];
  }

  /** Containers first, then what they hold on to. Returns what could not be removed, in words. */
  async removeLeftBehind(items: readonly LeftBehind[]): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const kind of ['container', 'network', 'volume', 'image'] as const) {
      await Promise.all(
        items
          .filter((item) => item.kind === kind)
          .map((item) =>
            this.#removeOne(item).catch((error: unknown) => {
              failures.push(`${item.kind} ${item.name}: ${messageOf(error).trim()}`);
            }),
          ),
      );
    }
    return failures;
  }

  execIn({ id, name }: LeftBehind, argv: readonly string[], signal: AbortSignal): Promise<ExecResult> {
    return this.#asking(() => execInContainer(this.#docker.getContainer(id), name, argv, { signal }));
  }

  #removeOne({ kind, id, name }: LeftBehind): Promise<void> {
    switch (kind) {
      case 'container':
        return removeContainer(this.#docker.getContainer(id), name);
      case 'network':
        return removeNetwork(this.#docker, id);
      case 'volume':
        return unlessGone(() => this.#docker.getVolume(id).remove());
      case 'image':
        return unlessGone(() => this.#docker.getImage(id).remove({ force: true }));
    }
  }

  /** An engine that goes away in the middle is said in the same words as one that was never there. */
  async #asking<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isNoAnswer(error) ? noEngine(error, this.#endpoint) : error;
    }
  }
}

interface EngineInfo {
  readonly ServerVersion: string;
  readonly CgroupVersion?: string;
  readonly NCPU: number;
  readonly MemTotal: number;
}

function left(
  kind: LeftBehind['kind'],
  id: string,
  name: string,
  labels: Readonly<Record<string, string>> | null | undefined,
): LeftBehind {
  const owner = labels?.[LABEL.owner] ?? '';
  return {
    kind,
    name,
    id,
    run: labels?.[LABEL.run] ?? '',
    owner,
    labelKind: labelKindOf(labels ?? {}),
    ownerIsDead: stateOfOwner(owner) === 'dead',
  };
}
