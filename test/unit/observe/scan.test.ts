// What the agent prints is read back rightly: identities, awkward names, listeners, holders, visitors.
import { describe, expect, it } from 'vitest';
import { argvOf, parseHolders, untangle } from '../../../harness/observe/agent/agent.js';
import { parseScan, parseStat, parseStats } from '../../../harness/observe/agent/scan.js';

interface Fields {
  readonly pid?: number;
  readonly ppid?: number;
  readonly name?: string;
  readonly state?: string;
  readonly start?: number;
  /** Fields 26, 28, 48, 50. */
  readonly addresses?: readonly [string, string, string, string];
}

function stat({ pid = 97, ppid = 1, name = 'ruby', state = 'S', start = 8123, addresses }: Fields = {}): string {
  const [code, stack, args, env] = addresses ?? [
    '94000000000000',
    '140730000000000',
    '140730000001000',
    '140730000002000',
  ];
  const at: Record<number, string | number> = {
    3: state,
    4: ppid,
    14: 10,
    15: 5,
    20: 3,
    22: start,
    24: 700,
    26: code,
    28: stack,
    48: args,
    50: env,
  };
  const rest = Array.from({ length: 50 }, (_, index) => String(at[index + 3] ?? 1));
  return `${pid} (${name}) ${rest.join(' ')}`;
}

describe('identity', () => {
  it('is pid, start and exec generation: the low 32 bits of the xor of four addresses, in base 36', () => {
    const scanned = parseStat(stat(), new Map());
    const mixed = 94000000000000n ^ 140730000000000n ^ 140730000001000n ^ 140730000002000n;
    expect(scanned?.key).toBe(`97.8123.${(mixed & 0xffffffffn).toString(36)}`);
    expect(scanned).toMatchObject({ pid: 97, ppid: 1, threads: 3, rssPages: 700, cpuTicks: 15 });
  });

  it('changes at an exec that keeps pid and start time, and not at death', () => {
    const memory = new Map<string, string>();
    const before = parseStat(stat(), memory)?.key;
    const dying = parseStat(stat({ state: 'Z', addresses: ['0', '0', '0', '0'] }), memory)?.key;
    expect(dying).toBe(before);
    const after = parseStat(stat({ addresses: ['95000000000000', '140720000000000', '7', '9'] }), memory)?.key;
    expect(after).not.toBe(before);
    expect(after).toMatch(/^97\.8123\./);
  });

  it('is not mistaken in the middle of an exec, nor where addresses may not be read', () => {
    const memory = new Map<string, string>();
    const before = parseStat(stat(), memory)?.key;
    expect(parseStat(stat({ addresses: ['94000000000000', '140730000000000', '0', '0'] }), memory)?.key).toBe(before);
    expect(parseStat(stat({ addresses: ['1', '0', '0', '0'] }), new Map())?.key).toBe('97.8123.0');
  });

  it('forgets processes that are gone', () => {
    const memory = new Map<string, string>();
    parseStats([stat(), stat({ pid: 98 })], memory);
    expect(memory.size).toBe(2);
    parseStats([stat({ pid: 98 })], memory);
    expect([...memory.keys()]).toEqual(['98.8123']);
  });
});

describe('a scan', () => {
  it.each(['a) (b', ') S 1 1', 'x\ny', 'x\n5 (y) S 1', ''])('reads past the name %j', (name) => {
    const lines = [stat({ pid: 5 }), stat({ name }), stat({ pid: 99 })].join('\n').split('\n');
    const { processes } = parseScan(['P ', ...lines], new Map());
    expect(processes.map((process) => process.pid)).toEqual([5, 97, 99]);
  });

  it('drops a torn line and nothing else', () => {
    const { processes } = parseScan([stat({ pid: 5 }), '6 (x) S 1 2', stat({ pid: 7 })], new Map());
    expect(processes.map((process) => process.pid)).toEqual([5, 7]);
  });

  it('leaves out what the engine runs in the node, with its children', () => {
    const visitors = [stat({ pid: 40, ppid: 0 }), stat({ pid: 41, ppid: 40 }), stat({ pid: 42, ppid: 41 })];
    const { processes } = parseScan([stat({ pid: 1, ppid: 0 }), ...visitors, stat({ pid: 50 })], new Map());
    expect(processes.map((process) => process.pid)).toEqual([1, 50]);
  });

  it.each([
    ['P 97', 97],
    ['P ', null],
    ['P -5', null],
    ['P web', null],
    ['P 0', null],
  ])('reads the pid file: %s', (line, pid) => {
    expect(parseScan([line], new Map()).pidInFile).toBe(pid);
  });
});

describe('holders of the listener', () => {
  const LISTING = `
ls: cannot open directory '/proc/30/fd': Permission denied
ls: cannot read symbolic link '/proc/31/fd/0': Permission denied
ls: cannot access '/proc/32/fd': No such file or directory
/proc/10/fd:
total 0
lr-x------ 1 www-data www-data 64 Nov 23 08:00 0 -> /dev/null
lrwx------ 1 www-data www-data 64 Nov 23 08:00 5 -> socket:[123]

/proc/11/fd:
total 0
lrwx------ 1 www-data www-data 64 Nov 23 08:00 5 -> socket:[1234]

/proc/31/fd:
total 0
lrwx------ 1 www-data www-data 64 Nov 23 08:00 0

/proc/33/fd:
total 0

/proc/self/fd:
total 0
lrwx------ 1 root root 64 Nov 23 08:00 5 -> socket:[123]`.split('\n');

  it('are told from those without it, those that may not be read, and those that ended meanwhile', () => {
    const found = parseHolders(LISTING, [10, 11, 30, 31, 32, 33], ['123']);
    expect([...found.pids]).toEqual([10]);
    expect(found.denied).toEqual([30, 31]);
    expect(found.gone).toEqual([32, 33]);
  });
});

it('takes arguments apart, with blanks, newlines and empty ones in them, without the padding of a title', () => {
  expect(argvOf('ruby\x01-e\x01a b\x02c\x01\x01@5\x01')).toEqual(['ruby', '-e', 'a b\nc', '', '@5']);
  expect(argvOf('unicorn master -D  \x01\x01\x01')).toEqual(['unicorn master -D']);
  expect(untangle('')).toEqual([]);
});
