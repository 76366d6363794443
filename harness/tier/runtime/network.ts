// The private network of one environment of one run, and the containers on it. Made by docker.ts.
import type Dockerode from 'dockerode';
import { HarnessError, messageOf } from '../../core/errors.js';
import { sleep } from '../../core/clock.js';
import { copyInto, DockerContainer, removeContainer } from './container.js';
import { statusOf, unlessGone } from './engine-errors.js';
import { engineName, LABEL } from './labels.js';
import type { Container, ContainerSpec, TierNetwork } from './runtime.js';
import { SYSTEMD_ENV, SYSTEMD_STOP_SIGNAL, SYSTEMD_TMPFS, type SystemdFlags } from './systemd-flags.js';

/** A busy balancer logs hundreds of MB an hour to its output; the engine keeps only so much of it. */
const LOG_CONFIG = { Type: 'json-file', Config: { 'max-size': '16m', 'max-file': '2' } };

export interface NetworkFacts {
  readonly name: string;
  readonly id: string;
  readonly runId: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Host of a remote engine, or null for this machine. */
  readonly remoteHost: string | null;
  readonly systemdFlags: SystemdFlags;
}

export class DockerNetwork implements TierNetwork {
  readonly name: string;
  readonly #docker: Dockerode;
  readonly #facts: NetworkFacts;
  readonly #creating = new Set<Promise<unknown>>();
  #closed = false;

  constructor(docker: Dockerode, facts: NetworkFacts) {
    this.#docker = docker;
    this.#facts = facts;
    this.name = facts.name;
  }

  async create(spec: ContainerSpec): Promise<Container> {
    if (this.#closed) throw new HarnessError('internal', `network ${this.name} is being removed; no ${spec.name} now`);
    const work = this.#create(spec);
    this.#creating.add(work);
    try {
      return await work;
    } finally {
      this.#creating.delete(work);
    }
  }

  /** Removes the containers, those that were just being made too, and then the network. */
  async remove(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#creating);
    const filters = { label: [`${LABEL.run}=${this.#facts.runId}`, `${LABEL.environment}=${this.#facts.environment}`] };
    const found = await this.#docker.listContainers({ all: true, filters });
    await Promise.all(
      found.map(({ Id: id, Names: [name] }) => removeContainer(this.#docker.getContainer(id), name ?? id)),
    );
    await removeNetwork(this.#docker, this.#facts.id);
  }

  async #create(spec: ContainerSpec): Promise<Container> {
    const containerName = engineName(this.#facts.runId, this.#facts.environment, spec.name);
    try {
      const created = await this.#docker.createContainer({
        name: containerName,
        ...containerOptions(spec, this.#facts),
      });
      await copyInto(created, spec.name, spec.files, spec.systemd);
      await created.start();
      return await this.#running(created, spec);
    } catch (error) {
      if (error instanceof HarnessError) throw error;
      throw new HarnessError('boot-failed', `the engine could not start ${spec.name} from ${spec.image}`, {
        evidence: messageOf(error).trim(),
        cause: error,
      });
    }
  }

  async #running(created: Dockerode.Container, spec: ContainerSpec): Promise<DockerContainer> {
    const { NetworkSettings: settings, State: state } = await created.inspect();
    const address = settings.Networks[this.name]?.IPAddress ?? '';
    const ports = new Map<number, number>();
    for (const port of spec.publish) {
      const published = settings.Ports[`${port}/tcp`]?.[0]?.HostPort;
      if (published !== undefined) ports.set(port, Number(published));
    }
    const container = new DockerContainer(created, {
      name: spec.name,
      id: created.id,
      address,
      host: this.#facts.remoteHost ?? '127.0.0.1',
      ports,
      systemd: spec.systemd,
    });
    if (!state.Running || address === '' || ports.size < spec.publish.length) {
      throw new HarnessError('boot-failed', `${spec.name} ended as soon as it was started (exit ${state.ExitCode})`, {
        evidence: (await container.logTail(5).catch(() => '')).trim() || 'it wrote nothing',
      });
    }
    return container;
  }
}

function containerOptions(spec: ContainerSpec, facts: NetworkFacts): Dockerode.ContainerCreateOptions {
  const env = { ...(spec.systemd ? SYSTEMD_ENV : {}), ...spec.env };
  const ports = spec.publish.map((port) => `${port}/tcp`);
  // An engine of this machine publishes for this machine only; with one elsewhere that would reach nobody.
  const hostIp = facts.remoteHost === null ? '127.0.0.1' : '';
  const flags = facts.systemdFlags;
  return {
    Image: spec.image,
    Cmd: [...spec.command],
    Hostname: spec.name,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...facts.labels, [LABEL.node]: spec.name },
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    ...(spec.systemd ? { StopSignal: SYSTEMD_STOP_SIGNAL } : {}),
    HostConfig: {
      NetworkMode: facts.name,
      PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: hostIp, HostPort: '' }]])),
      // The agent reads environment, limits and sockets of servers of other users (notes/observe.md, ptrace(2)).
      CapAdd: ['SYS_PTRACE'],
      Init: spec.init,
      LogConfig: LOG_CONFIG,
      ...(spec.systemd
        ? {
            CgroupnsMode: flags.cgroupns,
            Binds: [...flags.binds],
            SecurityOpt: [...flags.securityOpt],
            Tmpfs: { ...SYSTEMD_TMPFS },
          }
        : {}),
    },
    NetworkingConfig: { EndpointsConfig: { [facts.name]: { Aliases: [spec.name] } } },
  };
}

/** The engine frees the endpoints of removed containers a moment later. */
export async function removeNetwork(docker: Dockerode, id: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      return await unlessGone(() => docker.getNetwork(id).remove());
    } catch (error) {
      if (statusOf(error) !== 403 || performance.now() > deadline) throw error; // 403: "has active endpoints"
      await sleep(100);
    }
  }
}
