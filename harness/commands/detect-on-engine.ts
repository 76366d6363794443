// Looks into a user's own node on the engine of this machine: for `supervisor: 'detect'` and for `remuster detect`.
import { connectDocker } from '../tier/runtime/docker.js';
import { lookInside } from '../tier/look-inside.js';
import type { LookInto } from './detected.js';

/** `tell` gets a line for each step and for what was found. */
export function detectOnEngine(tell: (line: string) => void, signal: AbortSignal): LookInto {
  return async (spec, environment, plan) => {
    const found = await lookInside(spec, plan, await connectDocker(), tell, signal);
    tell(`${environment}: the supervisor is ${found.kind}: ${found.why}`);
    return found;
  };
}
