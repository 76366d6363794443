// A container's spec in the words of the engine's API. Used by network.ts.
import type Dockerode from 'dockerode';
import { LABEL } from './labels.js';
import type { ContainerSpec } from './runtime.js';
import { SYSTEMD_ENV, SYSTEMD_STOP_SIGNAL, SYSTEMD_TMPFS, type SystemdFlags } from './systemd-flags.js';

/** A busy balancer logs hundreds of MB an hour to its output; the engine keeps only so much of it. */
const LOG_CONFIG = { Type: 'json-file', Config: { 'max-size': '16m', 'max-file': '2' } };

export interface Surroundings {
  readonly networkName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly systemdFlags: SystemdFlags;
  /** An engine of this machine publishes for this machine only; with one elsewhere that would reach nobody. */
  readonly isLocal: boolean;
  readonly address: string;
  /** Container port -> port of the engine's machine. */
  readonly hostPorts: ReadonlyMap<number, number>;
}

export function containerOptions(spec: ContainerSpec, around: Surroundings): Dockerode.ContainerCreateOptions {
  const env = { ...(spec.systemd ? SYSTEMD_ENV : {}), ...spec.env };
  const published = [...around.hostPorts].map(([port, hostPort]) => [`${port}/tcp`, String(hostPort)] as const);
  const stopSignal = spec.systemd ? SYSTEMD_STOP_SIGNAL : spec.stopSignal && `SIG${spec.stopSignal}`;
  return {
    Image: spec.image,
    ...(spec.command === undefined ? {} : { Cmd: [...spec.command] }),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: [...spec.entrypoint] }),
    Hostname: spec.name,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { ...around.labels, [LABEL.node]: spec.name },
    ExposedPorts: Object.fromEntries(published.map(([port]) => [port, {}])),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.cwd === undefined ? {} : { WorkingDir: spec.cwd }),
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    HostConfig: {
      NetworkMode: around.networkName,
      PortBindings: Object.fromEntries(
        published.map(([port, hostPort]) => [
          port,
          [{ HostIp: around.isLocal ? '127.0.0.1' : '', HostPort: hostPort }],
        ]),
      ),
      // The agent reads environment, limits and sockets of servers of other users (notes/observe.md, ptrace(2)).
      CapAdd: ['SYS_PTRACE'],
      Init: spec.init,
      LogConfig: LOG_CONFIG,
      ...limitsOf(spec),
      ...policyOf(spec),
      ...(spec.systemd
        ? {
            CgroupnsMode: around.systemdFlags.cgroupns,
            Binds: [...around.systemdFlags.binds],
            SecurityOpt: [...around.systemdFlags.securityOpt],
            Tmpfs: { ...SYSTEMD_TMPFS },
          }
        : {}),
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [around.networkName]: { Aliases: [spec.name], IPAMConfig: { IPv4Address: around.address } },
      },
    },
  };
}

function limitsOf({
  openFiles,
  memoryBytes,
  cpus,
}: ContainerSpec): Pick<Dockerode.HostConfig, 'Ulimits' | 'Memory' | 'NanoCpus'> {
  return {
    ...(openFiles === undefined ? {} : { Ulimits: [{ Name: 'nofile', Soft: openFiles, Hard: openFiles }] }),
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes }),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
  };
}

function policyOf({ restartPolicy }: ContainerSpec): Pick<Dockerode.HostConfig, 'RestartPolicy'> {
  if (!restartPolicy) return {};
  const { name, maximumRetryCount } = restartPolicy;
  return {
    RestartPolicy: { Name: name, ...(maximumRetryCount === undefined ? {} : { MaximumRetryCount: maximumRetryCount }) },
  };
}
