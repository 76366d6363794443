// What an engine must be told so that systemd can be PID 1 of an unprivileged container, on cgroup v1 and v2.
// Used for every node whose supervisor is systemd; `doctor` tries it once.

/** What decides the flags. */
export interface CgroupFacts {
  readonly cgroupVersion: 1 | 2;
  readonly engineVersion: string;
}

export interface SystemdFlags {
  readonly cgroupns: 'host' | 'private';
  readonly binds: readonly string[];
  readonly securityOpt: readonly string[];
  /** In words, for `doctor`. */
  readonly summary: string;
}

/**
 * The engine's own option since 28 (moby 48828) gives a writable, private tree. Older engines need the host's namespace and a
 * bind: with a private namespace and a bind systemd leaves the container's cgroups, and services of all nodes share the
 * host's system.slice. A read-only bind is refused by systemd on v2, and enough on v1.
 */
export function systemdFlags(facts: CgroupFacts): SystemdFlags {
  const major = Number.parseInt(facts.engineVersion, 10);
  if (facts.cgroupVersion === 2 && major >= 28) {
    return {
      cgroupns: 'private',
      binds: [],
      securityOpt: ['writable-cgroups=true'],
      summary: 'cgroup v2, private namespace, writable-cgroups=true',
    };
  }
  const mode = facts.cgroupVersion === 1 ? 'ro' : 'rw';
  return {
    cgroupns: 'host',
    binds: [`/sys/fs/cgroup:/sys/fs/cgroup:${mode}`],
    securityOpt: [],
    summary: `cgroup v${facts.cgroupVersion}, host namespace, /sys/fs/cgroup bound ${mode}`,
  };
}

/** systemd's container interface: it is told that it is in a container, and how it is asked to shut down. */
export const SYSTEMD_ENV: Readonly<Record<string, string>> = { container: 'docker' };
export const SYSTEMD_STOP_SIGNAL = 'SIGRTMIN+3';

/** Folders that systemd wants as tmpfs; what is copied there before the start would be hidden by them. */
export const SYSTEMD_TMPFS: Readonly<Record<string, string>> = {
  '/run': 'rw,exec,nosuid,nodev,mode=755',
  '/run/lock': 'rw,noexec,nosuid,nodev,mode=1777',
  '/tmp': 'rw,exec,nosuid,nodev,mode=1777',
};
