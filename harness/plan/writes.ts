// What is written to each node: the scenario's own words, or those of the application.
import type { Scenario } from '../scenario/schema.js';
import { firstOf, inScenario } from '../scenario/origin.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { Origins } from './origins.js';
import type { ReadRequest, WriteRequest } from './load-plan.js';
import type { NodeSpec } from './node-spec.js';
import type { Plan } from './plan.js';

const EVERY_MS = 100;

type Written = Exclude<NonNullable<Scenario['writes']>, boolean>;

export function writesPlan(
  { writes }: Scenario,
  { server, app }: NodeSpec,
  maps: PlugInMaps,
  origins: Origins,
): Pick<Plan, 'writes'> {
  if (writes === undefined || writes === false) return {};
  const own: Written = writes === true ? {} : writes;
  const platform = plugInNamed(maps, 'servers', server.kind)?.platform;
  const known = platform && plugInNamed(maps, 'apps', app.kind)?.writes?.(app.options, platform);
  const write = firstOf(known?.write, inScenario(own.write && writeOf(own.write), ['writes', 'write']));
  const read = firstOf(known?.read, inScenario(own.read && readOf(own.read), ['writes', 'read']));
  if (!write.value || !read.value) return {}; // Validation has told it.
  return {
    writes: {
      everyMs: origins.take('writes.everyMs', firstOf(EVERY_MS, inScenario(own.every, ['writes', 'every']))),
      write: origins.take('writes.write', { ...write, value: write.value }),
      read: origins.take('writes.read', { ...read, value: read.value }),
    },
  };
}

function writeOf({ method = 'POST', path, headers = {}, body = '' }: NonNullable<Written['write']>): WriteRequest {
  return { method, path, headers, body };
}

function readOf({ path, headers = {} }: NonNullable<Written['read']>): ReadRequest {
  return { path, headers };
}
