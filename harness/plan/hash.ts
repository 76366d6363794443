// The hash of a plan: the same for the same tier, load, faults and seed, whatever file and format it was written in. Pure.
import { createHash } from 'node:crypto';
import type { Plan } from './plan.js';

/** JSON with sorted keys and without absent values. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.entries(value).filter(([, each]) => each !== undefined);
  keys.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${keys.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

/** Of everything but the names of the files. */
export function planHash(plan: Plan): string {
  return createHash('sha256')
    .update(canonicalJson({ ...plan, file: undefined, loadFile: undefined }))
    .digest('hex');
}
