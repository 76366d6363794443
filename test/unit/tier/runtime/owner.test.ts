// Whose container is it, and is that process proved dead? A wrong yes removes somebody's running tier.
import { describe, expect, it } from 'vitest';
import {
  formatOwner,
  ownOwner,
  parseOwner,
  stateOfOwner,
  type ProcFs,
} from '../../../../harness/tier/runtime/owner.js';

interface World {
  readonly machine?: string;
  readonly namespace?: string;
  readonly boot?: string;
  readonly processes?: Readonly<Record<number, string>>;
}

function stat(pid: number, state: string, start: number): string {
  return `${pid} (a (b) c) ${state} 1 1 1 0 -1 4194560 100 0 0 0 0 0 0 0 20 0 1 0 ${start} 1000 100\n`;
}

function proc(world: World = {}): ProcFs {
  const files = new Map([
    ['/etc/machine-id', `${world.machine ?? 'm1'}\n`],
    ['/proc/sys/kernel/random/boot_id', `${world.boot ?? 'b1'}\n`],
    ['/proc/self/stat', ''],
    ...Object.entries(world.processes ?? {}).map(([pid, text]): [string, string] => [`/proc/${pid}/stat`, text]),
  ]);
  return {
    read: (path) => files.get(path),
    link: () => world.namespace ?? 'pid:[1]',
    exists: (path) => files.has(path),
  };
}

const me = { [process.pid]: stat(process.pid, 'S', 77) };
const owner = formatOwner(ownOwner(proc({ processes: me })));

describe('owner', () => {
  it('is written and read again', () => {
    expect(formatOwner(parseOwner(owner)!)).toBe(owner);
    expect(parseOwner(owner)).toMatchObject({ pid: process.pid, start: '77', boot: 'b1' });
    expect(owner).not.toContain('m1');
  });

  it.each(['', 'x', 'm/b/0/5', 'm/b/12', 'm/b/-3/5', 'm/b/12/5/6'])('"%s" is nobody: unknown', (text) => {
    expect(parseOwner(text)).toBeUndefined();
    expect(stateOfOwner(text, proc())).toBe('unknown');
  });

  it('is alive while pid and start time are there', () => {
    expect(stateOfOwner(owner, proc({ processes: me }))).toBe('alive');
  });

  it('is dead when the pid is gone, belongs to another, or is a zombie', () => {
    expect(stateOfOwner(owner, proc())).toBe('dead');
    expect(stateOfOwner(owner, proc({ processes: { [process.pid]: stat(process.pid, 'S', 78) } }))).toBe('dead');
    expect(stateOfOwner(owner, proc({ processes: { [process.pid]: stat(process.pid, 'Z', 77) } }))).toBe('dead');
  });

  it.each([{ machine: 'm2' }, { boot: 'b2' }, { namespace: 'pid:[2]' }])(
    'nothing is proved from elsewhere: %o',
    (world) => {
      expect(stateOfOwner(owner, proc(world))).toBe('unknown');
    },
  );

  it('nothing is proved without /proc', () => {
    const none: ProcFs = { read: () => undefined, link: () => undefined, exists: () => false };
    expect(stateOfOwner(formatOwner(ownOwner(none)), none)).toBe('unknown');
  });
});
