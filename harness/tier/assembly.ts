// From a node's spec to its parts: which plug-ins, which options, which service. Used by boot and by deploys.
import type { NodeSpec, OwnNode } from '../plan/node-spec.js';
import { HarnessError } from '../core/errors.js';
import type { PluginMap } from '../core/plugin.js';
import { apps } from './apps/index.js';
import { balancers } from './balancers/index.js';
import { deploys } from './deploys/index.js';
import { ownService } from './own-node.js';
import { nodeImage } from './images/recipes.js';
import type { App, Balancer, Deploy, Server, Supervisor } from './plugins.js';
import type { ImageName } from './runtime/runtime.js';
import { servers } from './servers/index.js';
import type { Service } from './service.js';
import * as supervisors from './supervisors/index.js';

export interface Assembly {
  readonly app: App;
  readonly appOptions: unknown;
  readonly server: Server;
  readonly supervisor: Supervisor;
  readonly supervisorOptions: unknown;
  readonly service: Service;
  /** Of the sample nodes; '' for a user's own. */
  readonly image: ImageName;
  readonly own?: OwnNode;
}

/** The plan was validated, so a missing name is a defect, not bad input. */
function pick<P>(map: PluginMap<P>, kind: string, what: string): P {
  const found = Object.hasOwn(map, kind) ? map[kind] : undefined;
  if (found === undefined) throw new HarnessError('internal', `no ${what} named ${kind}`);
  return found;
}

export function assemble(spec: NodeSpec): Assembly {
  const app = pick<App>(apps, spec.app.kind, 'application');
  const server = pick<Server>(servers, spec.server.kind, 'server');
  const supervisor = supervisorOf(spec.supervisor.kind);
  const service = spec.own
    ? ownService(spec.own, spec)
    : server.service(spec.server.options, {
        app: app.parts(spec.app.options, server.platform),
        user: spec.user,
        env: spec.env,
        ...(spec.openFiles === undefined ? {} : { openFiles: spec.openFiles }),
        suggests: supervisor.suggests(spec.supervisor.options),
      });
  return {
    app,
    appOptions: spec.app.options,
    server,
    supervisor,
    supervisorOptions: spec.supervisor.options,
    service,
    image: spec.own ? '' : nodeImage(server.image, supervisor.image),
    ...(spec.own ? { own: spec.own } : {}),
  };
}

export function supervisorOf(kind: string): Supervisor {
  return pick<Supervisor>(supervisors, kind, 'supervisor');
}

export function balancerOf(kind: string): Balancer {
  return pick<Balancer>(balancers, kind, 'balancer');
}

export function deployOf(kind: string): Deploy {
  return pick<Deploy>(deploys, kind, 'deploy');
}
