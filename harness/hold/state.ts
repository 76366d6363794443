// What is known of held tiers outside of the process that holds them: one folder each in remuster's state folder. It
// outlives terminals, and the process itself if that is killed.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { stateFolder } from '../core/state-folder.js';
import { parseOwner, stateOfOwner } from '../tier/runtime/owner.js';

export interface Addresses {
  /** `http://127.0.0.1:PORT` of the balancer, and of each node and service by itself. */
  readonly balancer: string;
  readonly nodes: Readonly<Record<string, string>>;
  /** Ids of the containers, for the engine's own tools. */
  readonly containers: Readonly<Record<string, string>>;
}

export interface HeldTier {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly state: 'booting' | 'up' | 'ending' | 'failed';
  readonly scenario: string;
  /** As given, and from where. */
  readonly file: string;
  readonly cwd: string;
  readonly environment: string;
  readonly seed?: number;
  /** Folder of all results, absolute; the tier's own is below it, by `runId`. */
  readonly out: string;
  readonly runId: string;
  /** Owner text of the process that holds it (tier/runtime/owner.ts); absent before it runs. */
  readonly owner?: string;
  readonly startedAt: string;
  /** It goes down by itself after so long, ms. */
  readonly forMs: number;
  readonly addresses?: Addresses;
  /** Why it failed, and the exit code that says so. */
  readonly failure?: { readonly message: string; readonly exitCode: number };
}

type Env = Readonly<Record<string, string | undefined>>;

function tiersFolder(env: Env): string {
  return join(stateFolder(env), 'tiers');
}

function folderOf(name: string, env: Env): string {
  return join(tiersFolder(env), name);
}

/** Where its holder writes what it does while booting. */
export function logFileOf(name: string, env: Env): string {
  return join(folderOf(name, env), 'holder.log');
}

/** unix(7): the path of a socket has room for 107 bytes, less than some state folders have. */
export function socketOf(name: string, env: Env): string {
  const path = join(folderOf(name, env), 'socket');
  if (Buffer.byteLength(path) <= 100) return path;
  return join(tmpdir(), `remuster-${createHash('sha256').update(path).digest('hex').slice(0, 16)}.sock`);
}

/** Takes the name; throws `usage` where a tier of that name is held already. */
export function claim(tier: HeldTier, env: Env): void {
  mkdirSync(tiersFolder(env), { recursive: true, mode: 0o700 });
  try {
    mkdirSync(folderOf(tier.name, env), { mode: 0o700 });
  } catch {
    throw new HarnessError('usage', `a tier named "${tier.name}" is held already`, {
      hint: `remuster down ${tier.name}, or another name with --name`,
    });
  }
  save(tier, env);
}

/** Whole or not at all: others read it at any time. */
export function save(tier: HeldTier, env: Env): void {
  const file = join(folderOf(tier.name, env), 'tier.json');
  writeFileSync(`${file}.next`, `${JSON.stringify(tier, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

export function forget(name: string, env: Env): void {
  rmSync(socketOf(name, env), { force: true });
  rmSync(folderOf(name, env), { recursive: true, force: true });
}

/** Undefined where there is none, or where it has just ended. */
export function read(name: string, env: Env): HeldTier | undefined {
  try {
    return JSON.parse(readFileSync(join(folderOf(name, env), 'tier.json'), 'utf8')) as HeldTier;
  } catch {
    return undefined;
  }
}

export function heldTiers(env: Env): readonly HeldTier[] {
  try {
    return readdirSync(tiersFolder(env))
      .sort()
      .flatMap((name) => read(name, env) ?? []);
  } catch {
    return [];
  }
}

/** Is the process that holds it there? */
export function isHeld({ owner, startedAt }: HeldTier): boolean {
  // One that has not said who it is yet is young, or was never started.
  if (owner === undefined) return Date.now() - Date.parse(startedAt) < UNSEEN_MS;
  return stateOfOwner(owner) === 'alive';
}

const UNSEEN_MS = 10_000;

export function pidOf({ owner }: HeldTier): number | undefined {
  return owner === undefined ? undefined : parseOwner(owner)?.pid;
}

/** The tier that a command is for: the one that was named, or the only one. Throws `usage` with the names that there are. */
export function heldTier(name: string | undefined, env: Env): HeldTier {
  const all = heldTiers(env);
  const names = all.map((tier) => tier.name);
  const found = name === undefined ? (all.length === 1 ? all[0] : undefined) : all.find((tier) => tier.name === name);
  if (found) return found;
  if (all.length === 0)
    throw new HarnessError('usage', 'no tier is held here', { hint: 'remuster up SCENARIO boots one' });
  if (name === undefined)
    throw new HarnessError('usage', `${String(all.length)} tiers are held here; say which one`, {
      hint: `--tier ${names.join(', --tier ')}`,
    });
  const nearest = nearestName(name, names);
  throw new HarnessError('usage', `no tier named "${name}" is held here`, {
    hint: `held: ${names.join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
  });
}
