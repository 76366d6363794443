// What a soak knows of itself beside plans and journals: soak.json in its folder. Saved whole before each part of it is
// played, so that a crash loses nothing but the round that was going on.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import { stateOfOwner } from '../tier/runtime/owner.js';
import type { SoakExtent } from './segment-plan.js';

export interface SoakSegmentState {
  /** Of the scenario. */
  readonly environment: string;
  /** Of its folder below environments/. */
  readonly name: string;
  readonly startedAt: string;
  /** Absent: it is going on, or broke off. */
  readonly endedAt?: string;
}

export interface SoakState {
  readonly schemaVersion: 1;
  /** Of each environment. */
  readonly extent: SoakExtent;
  readonly file: string;
  readonly seed: number;
  /** In the order in which they are played -> hash of the plan without a soak's own changes. */
  readonly environments: Readonly<Record<string, string>>;
  readonly segments: readonly SoakSegmentState[];
  /** Of the process that plays it (tier/runtime/owner.ts); absent when nobody does. */
  readonly owner?: string;
  readonly isFinished: boolean;
}

const FILE = 'soak.json';

/** undefined: this run is no soak. Throws `invalid` for one that cannot be read. */
export function readSoak(folder: string): SoakState | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as SoakState;
    if ((state.schemaVersion as number) === 1) return state;
    throw new Error(`it was written with schema ${String(state.schemaVersion)}; this version reads 1`);
  } catch (error) {
    throw new HarnessError('invalid', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Whole or not at all: others read it at any time. Throws `results-unwritable`. */
export function saveSoak(folder: string, state: SoakState): void {
  const path = join(folder, FILE);
  try {
    writeFileSync(`${path}.next`, `${JSON.stringify(state, null, 2)}\n`);
    renameSync(`${path}.next`, path);
  } catch (error) {
    throw new HarnessError('results-unwritable', `${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** Is somebody playing it? */
export function isGoingOn({ owner }: SoakState): boolean {
  return owner !== undefined && stateOfOwner(owner) === 'alive';
}
