// What must fit together where a node has several services: named rules, listed in rules.ts.
import { isDeepStrictEqual } from 'node:util';
import { nodeNames } from '../plan/targets.js';
import { checkChoice } from './choices.js';
import type { EnvironmentChoices } from './environments.js';
import { serviceChoices, type ServiceChoices } from './further-services.js';
import { shown, type Issue } from './issue.js';
import { portOf } from './own-node.js';
import { plugInNamed } from './plug-ins.js';
import { whole } from './whole-environments.js';
import type { Rule, RuleInput } from './rule.js';

const DETECT = 'detect';

/** Each is known to a supervisor that can tell it from the others, and has its port for itself. */
export const furtherServicesAreRight: Rule = (input) =>
  whole(input).flatMap((environment) => {
    const services = serviceChoices(environment.node, input.maps);
    return services.flatMap((service, index) => [
      ...plugInsOf(service, input),
      ...outside(service, environment, input),
      ...twice(service, services.slice(0, index), environment, input),
    ]);
  });

function plugInsOf({ name, supervisor, server }: ServiceChoices, { maps }: RuleInput): readonly Issue[] {
  if (supervisor?.kind.value === DETECT) {
    const message = `is for the service that the balancer reaches; say how the supervisor calls ${name}`;
    return [{ path: supervisor.path, message }];
  }
  const checked = [
    ...(supervisor ? [checkChoice(maps, 'supervisors', supervisor)] : []),
    checkChoice(maps, 'servers', server),
  ];
  return checked.flatMap((each) => (each.ok ? [] : each.issues));
}

/** The container engine looks after what a container runs: beside that it knows of nothing in it. */
function outside(
  { name, path, supervisor }: ServiceChoices,
  { name: environment, node }: EnvironmentChoices,
  { maps }: RuleInput,
): readonly Issue[] {
  const kind = [supervisor, node.supervisor]
    .map((choice) => choice?.kind.value)
    .find((each) => each !== undefined && plugInNamed(maps, 'supervisors', each)?.isOutside === true);
  if (kind === undefined) return [];
  const message = `in environment ${environment} ${kind} looks after the whole container and cannot tell ${name} from the rest of it; name the supervisor that is in the node`;
  return [{ path, message }];
}

function twice(
  service: ServiceChoices,
  before: readonly ServiceChoices[],
  { node }: EnvironmentChoices,
  { maps }: RuleInput,
): readonly Issue[] {
  const main = { name: undefined, supervisor: node.supervisor, port: node.own?.port?.value, socket: undefined };
  const others = [main, ...before.map(({ name, supervisor, input }) => ({ ...input, name, supervisor }))];
  const whose = (name: string | undefined): string => (name === undefined ? 'the one that the balancer reaches' : name);
  const own = service.supervisor && checkChoice(maps, 'supervisors', service.supervisor);
  return others.flatMap((other): readonly Issue[] => {
    const { port, socket } = service.input;
    if (port !== undefined && other.port !== undefined && portOf(port) === portOf(other.port))
      return [
        { path: [...service.path, 'port'], message: `${String(portOf(port))} is the port of ${whose(other.name)}` },
      ];
    if (socket !== undefined && socket === other.socket)
      return [{ path: [...service.path, 'socket'], message: `${socket} is the socket of ${whose(other.name)}` }];
    const theirs = other.supervisor && checkChoice(maps, 'supervisors', other.supervisor);
    if (!own?.ok || !theirs?.ok || !isDeepStrictEqual(own.choice, theirs.choice)) return [];
    const message = `is the same service of ${own.choice.kind} as ${whose(other.name)}; its supervisor's options must name another`;
    return [{ path: service.path, message }];
  });
}

/** Rounds are the same in all environments, so each of them must have the service. */
export const roundsNameServices: Rule = (input) =>
  input.parts.rounds.flatMap((round, index) => {
    const { service: found, fault } = round ?? {};
    if (found === undefined || !fault) return [];
    const path = ['rounds', index, 'service'];
    if (plugInNamed(input.maps, 'faults', fault.kind)?.hitsNode === true)
      return [{ path, message: `${fault.kind} hits the node with all that is in it, not a service of it` }];
    return whole(input).flatMap(({ name, node }): readonly Issue[] => {
      const known = Object.keys(node.own?.services?.value ?? {});
      if (known.includes(found)) return [];
      const message = `${shown(found)} is not a service of the nodes in environment ${name}`;
      return [
        { path, message: known.length > 0 ? message : `${message}: they have no further services`, found, known },
      ];
    });
  });

/** 'web-1/puma' is what reports call it; a round says it in two words. */
export function asNodeAndService(found: string, nodes: number): string {
  const [node = '', service] = found.split('/');
  return service !== undefined && nodeNames(nodes).includes(node)
    ? `; a round names the service beside its target: { target: [${node}], service: ${service} }`
    : '';
}
