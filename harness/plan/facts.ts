// What the plug-ins of an environment say of themselves, as data, so that judging needs no plug-in. Pure as they are.
import { HarnessError } from '../core/errors.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { NodeSpec } from './node-spec.js';
import type { TierFacts } from './plan.js';
import type { PluginChoice } from './plugin-choice.js';

export function tierFacts(maps: PlugInMaps, node: NodeSpec, balancer: PluginChoice): TierFacts {
  const supervisor = plugInNamed(maps, 'supervisors', node.supervisor.kind);
  const server = plugInNamed(maps, 'servers', node.server.kind);
  const app = plugInNamed(maps, 'apps', node.app.kind);
  const front = plugInNamed(maps, 'balancers', balancer.kind);
  if (!supervisor || !server || !app || !front) throw new HarnessError('internal', 'a plug-in of the plan is unknown');
  return {
    promise: supervisor.promise(node.supervisor.options),
    paths: server.paths(node.server.options, supervisor.suggests(node.supervisor.options)),
    ...(server.tellsSystemd ? { tellsSystemd: server.tellsSystemd } : {}),
    patienceMs: server.patienceMs,
    volatileEnv: [...server.volatileEnv, ...supervisor.volatileEnv],
    outputBytesPerRequest: app.parts(node.app.options, server.platform).outputBytesPerRequest,
    balancerHasStates: front.hasStates,
    workers: server.workers(node.server.options),
  };
}
