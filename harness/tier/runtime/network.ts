// The private network of one environment of one run, and the containers on it. Made by docker.ts.
import type Dockerode from 'dockerode';
import { HarnessError, messageOf } from '../../core/errors.js';
import { sleep } from '../../core/clock.js';
import { copyInto, DockerContainer, removeContainer } from './container.js';
import { containerOptions } from './container-options.js';
import { statusOf, unlessGone } from './engine-errors.js';
import { chooseHostPort, isPortConflict } from './host-port.js';
import { engineName, LABEL } from './labels.js';
import { LifeStream } from './life.js';
import type { Container, ContainerSpec, TierNetwork } from './runtime.js';
import { addressIn, type Subnet } from './subnet.js';
import type { SystemdFlags } from './systemd-flags.js';

/** Somebody else may take a port between our choice and the engine's bind. */
const PORT_TRIES = 5;

export interface NetworkFacts {
  readonly name: string;
  readonly id: string;
  readonly subnet: Subnet;
  readonly runId: string;
  readonly environment: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Host of a remote engine, or null for this machine. */
  readonly remoteHost: string | null;
  readonly systemdFlags: SystemdFlags;
}

const NO_COMMAND =
  'its image says no CMD: give the node a command, or name a supervisor that is started as one (supervisor: { kind: systemd, unit: shop.service } starts /sbin/init)';

export class DockerNetwork implements TierNetwork {
  readonly name: string;
  readonly #docker: Dockerode;
  readonly #facts: NetworkFacts;
  readonly #creating = new Set<Promise<unknown>>();
  readonly #life: LifeStream;
  /** Addresses are given once: one that is down keeps its own. */
  #addressesGiven = 0;
  #closed = false;

  constructor(docker: Dockerode, facts: NetworkFacts) {
    this.#docker = docker;
    this.#facts = facts;
    this.name = facts.name;
    this.#life = new LifeStream(docker, this.#ownLabels());
  }

  #ownLabels(): string[] {
    return [`${LABEL.run}=${this.#facts.runId}`, `${LABEL.environment}=${this.#facts.environment}`];
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
    this.#life.end();
    await Promise.allSettled(this.#creating);
    const found = await this.#docker.listContainers({ all: true, filters: { label: this.#ownLabels() } });
    await Promise.all(
      found.map(({ Id: id, Names: [name] }) => removeContainer(this.#docker.getContainer(id), name ?? id)),
    );
    await removeNetwork(this.#docker, this.#facts.id);
  }

  async #create(spec: ContainerSpec): Promise<Container> {
    const address = addressIn(this.#facts.subnet, this.#addressesGiven++);
    if (address === undefined)
      throw new HarnessError('boot-failed', `network ${this.name} has no address left for ${spec.name}`, {
        evidence: `its subnet is ${this.#facts.subnet.cidr}`,
      });
    for (let triesLeft = PORT_TRIES; ; triesLeft -= 1) {
      try {
        return await this.#createAt(spec, address);
      } catch (error) {
        if (error instanceof HarnessError) throw error;
        if (triesLeft > 1 && spec.publish.length > 0 && isPortConflict(messageOf(error))) continue;
        throw new HarnessError('boot-failed', `the engine could not start ${spec.name} from ${spec.image}`, {
          evidence: messageOf(error).trim(),
          ...(/no command specified/i.test(messageOf(error)) ? { hint: NO_COMMAND } : {}),
          cause: error,
        });
      }
    }
  }

  async #createAt(spec: ContainerSpec, address: string): Promise<Container> {
    const { labels, systemdFlags, remoteHost } = this.#facts;
    const isLocal = remoteHost === null;
    const hostPorts = new Map<number, number>();
    for (const port of spec.publish) hostPorts.set(port, await chooseHostPort(isLocal, [...hostPorts.values()]));
    const around = { networkName: this.name, labels, systemdFlags, isLocal, address, hostPorts };
    const created = await this.#docker.createContainer({
      name: engineName(this.#facts.runId, this.#facts.environment, spec.name),
      ...containerOptions(spec, around),
    });
    try {
      await copyInto(created, spec.name, spec.files, spec.systemd);
      await created.start();
    } catch (error) {
      // The name is needed for the next try.
      if (isPortConflict(messageOf(error))) await removeContainer(created, spec.name);
      throw error;
    }
    return this.#running(created, spec, address, hostPorts);
  }

  async #running(
    created: Dockerode.Container,
    spec: ContainerSpec,
    address: string,
    ports: ReadonlyMap<number, number>,
  ): Promise<DockerContainer> {
    const { State: state } = await created.inspect();
    const container = new DockerContainer(created, {
      name: spec.name,
      id: created.id,
      address,
      host: this.#facts.remoteHost ?? '127.0.0.1',
      ports,
      systemd: spec.systemd,
      life: this.#life,
    });
    if (!state.Running && !state.Restarting) {
      throw new HarnessError('boot-failed', `${spec.name} ended as soon as it was started (exit ${state.ExitCode})`, {
        evidence: (await container.logTail(LAST_WORDS).catch(() => '')).trim() || 'it wrote nothing',
      });
    }
    return container;
  }
}

/** Lines of a container that ended at once: programs say what is wrong before they say that they end. */
const LAST_WORDS = 15;

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
