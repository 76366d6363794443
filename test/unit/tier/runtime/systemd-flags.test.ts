// The flags with which systemd boots, as measured per cgroup version and engine.
import { describe, expect, it } from 'vitest';
import { systemdFlags } from '../../../../harness/tier/runtime/systemd-flags.js';

describe('systemd flags', () => {
  it.each([
    [1, '20.10.24+dfsg1', 'host', ['/sys/fs/cgroup:/sys/fs/cgroup:ro'], []],
    [1, '28.2.2', 'host', ['/sys/fs/cgroup:/sys/fs/cgroup:ro'], []],
    [2, '20.10.24+dfsg1', 'host', ['/sys/fs/cgroup:/sys/fs/cgroup:rw'], []],
    [2, '27.5.1', 'host', ['/sys/fs/cgroup:/sys/fs/cgroup:rw'], []],
    [2, '28.0.0', 'private', [], ['writable-cgroups=true']],
    [2, '29.1.0-rc.1', 'private', [], ['writable-cgroups=true']],
  ] as const)('cgroup v%i, engine %s', (cgroupVersion, engineVersion, cgroupns, binds, securityOpt) => {
    expect(systemdFlags({ cgroupVersion, engineVersion })).toMatchObject({ cgroupns, binds, securityOpt });
  });
});
