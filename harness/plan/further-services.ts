// The further services of a user's own node, every value resolved. Pure; part of the planner.
import type { NodeChoices } from '../scenario/environments.js';
import { serviceChoices, type ServiceChoices } from '../scenario/further-services.js';
import { firstOf, inScenario } from '../scenario/origin.js';
import { portOf } from '../scenario/own-node.js';
import type { PlugInMaps } from '../scenario/plug-ins.js';
import { tierFacts } from './facts.js';
import type { Origins } from './origins.js';
import { STOP } from './own-node.js';
import type { FurtherService, Listens, NodeSpec } from './node-spec.js';
import type { Plan } from './plan.js';
import type { PluginChoice } from './plugin-choice.js';
import type { PickChoice } from './rounds.js';

/** Undefined where there are none; a rule has seen to it that each has a supervisor. */
export function furtherServicesPlan(
  choices: NodeChoices,
  path: string,
  maps: PlugInMaps,
  pick: PickChoice,
  origins: Origins,
): readonly FurtherService[] | undefined {
  const found = serviceChoices(choices, maps);
  if (found.length === 0) return undefined;
  return found.flatMap((service, index) => {
    const { supervisor, name, input } = service;
    const at = `${path}[${String(index)}]`;
    origins.note(at, inScenario(name, service.path).origin);
    if (!supervisor) return [];
    return [
      {
        name,
        supervisor: pick('supervisors', supervisor, `${at}.supervisor`),
        server: pick('servers', service.server, `${at}.server`),
        listens: listensOf(service, `${at}.listens`, origins),
        stop: {
          signal: origins.take(
            `${at}.stop.signal`,
            firstOf(STOP.signal, inScenario(input.stop?.signal, [...service.path, 'stop', 'signal'])),
          ),
          graceMs: origins.take(
            `${at}.stop.graceMs`,
            firstOf(STOP.graceMs, inScenario(input.stop?.grace, [...service.path, 'stop', 'grace'])),
          ),
        },
      },
    ];
  });
}

function listensOf({ input, path: above }: ServiceChoices, path: string, origins: Origins): Listens {
  const { port, socket, health } = input;
  if (typeof port === 'string') return { kind: 'loopback', port: portOf(port) };
  if (port !== undefined) {
    const healthPath = origins.take(`${path}.healthPath`, firstOf('/', inScenario(health, [...above, 'health'])));
    return { kind: 'port', port, healthPath };
  }
  return socket === undefined ? { kind: 'nowhere' } : { kind: 'socket', path: socket };
}

/** What the plug-ins of each further service say of themselves; {} where there is none. */
export function serviceFacts(
  maps: PlugInMaps,
  node: NodeSpec,
  balancer: PluginChoice,
): Pick<Plan, 'serviceFacts'> | Record<string, never> {
  const services = node.own?.services;
  if (!services) return {};
  const facts = services.map(({ name, supervisor, server }) => {
    return [name, tierFacts(maps, { ...node, supervisor, server }, balancer)] as const;
  });
  return { serviceFacts: Object.fromEntries(facts) };
}
