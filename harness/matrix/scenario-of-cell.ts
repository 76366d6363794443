// The scenario of a cell: the shortest honest run of one supervisor, one server and one restart path. Pure.
import type { ScenarioFile } from '../scenario/define.js';
import { keysAt } from '../scenario/issue.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import type { ProductCell } from './cells.js';
import { policyOf } from './given.js';

export const ENVIRONMENT = 'cell';

const BALANCER = 'haproxy';

/** Over any limit of a policy that a promise names (300 MiB), which nothing but this push goes over. */
const MEMORY_PUSH = '400MiB';

/** The sample application first: most servers run it. */
const FIRST_APP = 'shop';

export function scenarioOfCell(cell: ProductCell, maps: PlugInMaps): ScenarioFile {
  const { supervisor, form, choice } = cell;
  const fault = plugInNamed(maps, 'faults', choice.fault.kind);
  const pushes = policyOf(choice, maps) === 'memory' && fault && keysAt(fault.options, []).includes('push');
  return {
    name: `${supervisor}-${form.name}-${choice.name}`.slice(0, 40).replace(/-+$/, ''),
    summary: `A cell of the matrix: ${form.name} under ${supervisor}, ${choice.name}.`,
    // One node: neighbours, shares and cascades are the business of scenarios; what a supervisor does needs none.
    nodes: 1,
    app: appFor(form.kind, maps),
    ...ownConnections(maps),
    environments: {
      [ENVIRONMENT]: {
        supervisor: { kind: supervisor, ...cell.given },
        server: { kind: form.kind, ...form.options, ...withoutPidFile(cell, maps) },
      },
    },
    // Light, and with a long think time: cells run side by side, and a generator that is some 100 ms late does no harm then.
    load: { stages: [{ users: 20, ramp: '1s' }], think: '700ms..1300ms' },
    rounds: [
      {
        fault: pushes ? { ...choice.fault, push: MEMORY_PUSH } : choice.fault,
        target: 'all',
        at: EARLY,
      },
    ],
    // Far beyond what any promise says: neighbours on this machine must not decide a verdict, claims must.
    limits: { recovered: '30s' },
    // `hold` and `consecutive` stay as in any run: a restart is proved no less here. Nothing is left to spread to, and
    // cells are compared by claims, which need no sentinel.
    proof: { aftermath: '0s', sentinel: 0 },
    maxTime: '5m',
  };
}

/** Earlier than the peak of a whole scenario: one second of baseline is enough where no share is compared. */
const EARLY = '2s';

/**
 * A container that is started again has its files as they were, and the pids too: a server that trusts its pid file finds
 * itself running. That is trap T20, with cells of its own; here it would be luck, by who else has taken a pid.
 */
function withoutPidFile({ supervisor, form }: ProductCell, maps: PlugInMaps): Readonly<Record<string, unknown>> {
  const server = plugInNamed(maps, 'servers', form.kind);
  const isInContainer = plugInNamed(maps, 'supervisors', supervisor)?.isOutside === true;
  return isInContainer && server && keysAt(server.options, []).includes('ownPidFile') ? { ownPidFile: false } : {};
}

/** A server that shares out connections gives a new worker none while the balancer keeps to those it has. */
function ownConnections({ balancers }: PlugInMaps): Pick<ScenarioFile, 'balancer'> {
  const plugin = balancers[BALANCER];
  return plugin && keysAt(plugin.options, []).includes('reuse') ? { balancer: { kind: BALANCER, reuse: 'never' } } : {};
}

/** An application that is written for what the server runs; the first one where there is none, so that planning says why not. */
function appFor(server: string, maps: PlugInMaps): string {
  const platform = plugInNamed(maps, 'servers', server)?.platform;
  const names = Object.keys(maps.apps)
    .filter((name) => maps.apps[name]?.isOwn !== true)
    .sort((left, right) => Number(right === FIRST_APP) - Number(left === FIRST_APP));
  return names.find((name) => platform && maps.apps[name]?.platforms.includes(platform)) ?? FIRST_APP;
}
