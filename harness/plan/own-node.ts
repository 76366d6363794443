// A node of the user's own, every value resolved. Pure; part of the planner.
import { dirname, isAbsolute, join } from 'node:path/posix';
import { parseSize } from '../core/units.js';
import { firstOf, type Found } from '../scenario/origin.js';
import type { OwnNodeInput } from '../scenario/own-node.js';
import type { Origins } from './origins.js';
import type { OwnMount, OwnNode, OwnSource } from './node-spec.js';

export type FoundOwnNode = { readonly [K in keyof OwnNodeInput]-?: Found<NonNullable<OwnNodeInput[K]>> | undefined };

/** What a server is told that is to end by itself, and how long that may take. */
export const STOP = { signal: 'TERM', graceMs: 20_000 } as const;
const BOOT_MS = 60_000;

/** `file`: the scenario's, from whose folder paths count. Undefined where source or port is missing (a rule says so). */
export function ownNodePlan(found: FoundOwnNode, file: string, path: string, origins: Origins): OwnNode | undefined {
  const source = sourceOf(found, file);
  if (!source || !found.port) return undefined;
  origins.note(`${path}.source`, (found.image ?? found.build)!.origin);
  const take = <T>(key: string, value: Found<T>): T => origins.take(`${path}.${key}`, value);
  const mounts = found.mounts?.value.map((text) => mountOf(text, file)) ?? [];
  if (found.mounts) origins.note(`${path}.mounts`, found.mounts.origin);
  if (found.stop) origins.note(`${path}.stop`, found.stop.origin);
  return {
    source,
    port: take('port', found.port),
    healthPath: take('healthPath', firstOf('/', found.health)),
    ...(found.command ? { command: take('command', found.command) } : {}),
    mounts,
    ...(found.memory ? { memoryBytes: parseSize(take('memoryBytes', found.memory)) ?? 0 } : {}),
    ...(found.cpus ? { cpus: take('cpus', found.cpus) } : {}),
    stop: { signal: found.stop?.value.signal ?? STOP.signal, graceMs: found.stop?.value.grace ?? STOP.graceMs },
    bootMs: take('bootMs', firstOf(BOOT_MS, found.boot)),
  };
}

function sourceOf({ image, build }: FoundOwnNode, file: string): OwnSource | undefined {
  if (image) return { kind: 'image', image: image.value };
  if (!build) return undefined;
  const { context, dockerfile, args = {}, target } = build.value;
  return {
    kind: 'build',
    folder: fromFile(context, file),
    dockerfile: dockerfile ?? 'Dockerfile',
    args,
    ...(target === undefined ? {} : { target }),
  };
}

function mountOf(text: string, file: string): OwnMount {
  const [from = '', to = ''] = text.split(':');
  return { from: fromFile(from, file), to };
}

function fromFile(path: string, file: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}
