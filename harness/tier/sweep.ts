// What earlier runs left behind, and removing it. `run` sweeps before it begins and looks again when it ends; `clean` is the same by hand.
import { healLeft } from './heal-left.js';
import type { LeftBehind, Runtime } from './runtime/runtime.js';

/** In words, as reports and `clean` list it. */
export function describeLeft({ kind, name }: LeftBehind): string {
  return `${kind} ${name}`;
}

/**
 * Removes what dead runs and dead holders left (nothing that was kept on purpose), and only where the owner is proved gone on this machine. Removing a
 * container heals every fault of ours in it; the undo of a user's own command is run first. Returns what could not be removed.
 */
export async function sweepDead(
  runtime: Runtime,
  progress: (line: string) => void,
  results: string,
): Promise<readonly string[]> {
  const dead = (await runtime.findLeftBehind()).filter((item) => item.labelKind !== 'kept' && item.ownerIsDead);
  if (dead.length === 0) return [];
  const runs = [...new Set(dead.map((item) => item.run))];
  progress(`sweeping what ${runs.join(', ')} left behind: ${dead.map(describeLeft).join(', ')}`);
  for (const { words } of await healLeft(runtime, dead, results)) progress(words);
  const failures = await runtime.removeLeftBehind(dead);
  for (const failure of failures) progress(`could not remove ${failure}`);
  return failures;
}

/** What is there of one run, in words; empty is what every run should end with. */
export async function leftBehindBy(runtime: Runtime, runId: string): Promise<readonly string[]> {
  return (await runtime.findLeftBehind()).filter((item) => item.run === runId).map(describeLeft);
}
