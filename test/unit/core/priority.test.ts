// While it measures, the harness runs before others where it may, and so do the processes that it starts; afterwards as before.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority, setPriority } from 'node:os';
import { expect, it } from 'vitest';
import { makePunctual, runInTime } from '../../../harness/core/priority.js';

/** Only who may take a priority back after lowering it. */
function mayRaise(): boolean {
  const before = getPriority();
  try {
    setPriority(before - 1);
  } catch {
    return false;
  }
  setPriority(before);
  return true;
}

const childs = (): number =>
  Number(execFileSync(process.execPath, ['-p', 'os.getPriority()'], { encoding: 'utf8' }).trim());

it.runIf(mayRaise())('is before others, with what it starts, and then as it was', () => {
  const before = getPriority();
  const asBefore = runInTime();
  expect(getPriority()).toBe(-5);
  expect(childs()).toBe(-5);
  asBefore();
  expect(getPriority()).toBe(before);
  expect(childs()).toBe(before);
});

it.runIf(mayRaise())('what has a schedule is before the rest', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit');
  makePunctual(child.pid!);
  expect(getPriority(child.pid)).toBe(-10);
  child.stdin.end();
  await ended;
  expect(() => makePunctual(child.pid!)).not.toThrow();
});

it.runIf(!mayRaise())('changes nothing where it may not', () => {
  const before = getPriority();
  runInTime()();
  expect(getPriority()).toBe(before);
});
