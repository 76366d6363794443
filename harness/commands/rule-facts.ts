// What lint rules may know of an environment, gathered from its plan and from what the plug-ins say of themselves.
// `lint` and `parity` ask for it; nothing is booted.
import { faults } from '../faults/index.js';
import type { Fault } from '../faults/fault.js';
import type { NodeSpec } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import type { RuleFacts } from '../rules/rule.js';
import { assemble } from '../tier/assembly.js';

/** Of `node`: the plan's own, or what its nodes ran before the deployment. */
export function ruleFacts(plan: Plan, node: NodeSpec = plan.environment.node): RuleFacts {
  const { app, server, supervisor, service } = assemble(node);
  const parts = app.parts(node.app.options, server.platform);
  return {
    node,
    promise: supervisor.promise(node.supervisor.options),
    suggests: supervisor.suggests(node.supervisor.options),
    service,
    ...(server.tellsSystemd ? { tellsSystemd: server.tellsSystemd } : {}),
    drivenPaths: drivenPaths(plan),
    pathsToNewPid: server
      .paths(node.server.options, supervisor.suggests(node.supervisor.options))
      .filter(({ name, subject, expects }) => name === 'in-place' && subject === 'master' && expects === 'replaced')
      .map(({ name }) => name),
    outputBytesPerRequest: parts.outputBytesPerRequest,
    drainMs: parts.drainMs ?? 0,
  };
}

/** By its faults, and by a hot deployment, which is an in-place restart. */
function drivenPaths(plan: Plan): readonly string[] {
  const all: Readonly<Record<string, Fault>> = faults;
  const names = plan.rounds.flatMap(({ fault }) => all[fault.kind]?.path(fault.options, plan).name ?? []);
  return [...new Set([...names, ...(plan.environment.deployedOver?.deploy.kind === 'hot' ? ['in-place'] : [])])];
}
