// Which claims do not apply to which restart path: the table of DESIGN 4 as data. A claim is never left out for want of
// evidence, only by what its path declares.
import type { Listens } from '../../plan/node-spec.js';
import type { Plan } from '../../plan/plan.js';
import type { Post } from '../../plan/posts.js';
import type { ClaimId } from '../model.js';
import type { OpenReceipt } from './open-receipt.js';

/** Why a claim does not apply; undefined when it does. */
export function whyNotApplicable(id: ClaimId, receipt: OpenReceipt, plan: Plan): string | undefined {
  const { path, isKept } = receipt;
  const ofService = whyNotOfService(id, receipt.view.post);
  if (ofService !== undefined) return ofService;
  if (id === 'balancer-up' && !plan.facts.balancerHasStates) return 'this balancer has no backend states';
  if (id === 'share-restored') {
    if (plan.nodes.length === 1) return 'a single node has all of the load or none';
    if (path.subject === 'worker') return `path ${path.name} replaces one worker of several`;
  }
  if (isKept && (id === 'old-gone' || id === 'new-there' || id === 'same-service')) {
    return path.expects === 'kept'
      ? `path ${path.name} keeps the ${path.subject}`
      : `path ${path.name} allows either; the ${path.subject} was kept`;
  }
  if (id === 'same-service' && path.subject === 'supervisor' && serverIsKept(receipt)) {
    return `path ${path.name} replaces the supervisor; the server was kept`;
  }
  return undefined;
}

/** What a service that the balancer does not reach is not asked, by where it listens. The muster asks the same. */
export function whyNotOfService(id: ClaimId, { service }: Post): string | undefined {
  if (!service) return undefined;
  const { name, listens } = service;
  switch (id) {
    case 'balancer-up':
    case 'serves-load':
    case 'share-restored':
      return `the balancer does not reach ${name}; the load goes to the node's main service`;
    case 'answers':
      return whyNotAsked(name, listens);
    case 'owns-socket':
      return listens.kind === 'nowhere' ? `${name} listens nowhere: there is no listener to own` : undefined;
    default:
      return undefined;
  }
}

function whyNotAsked(name: string, listens: Listens): string | undefined {
  switch (listens.kind) {
    case 'port':
      return undefined;
    case 'loopback':
      return `${name} listens on port ${String(listens.port)} of the loopback: only what runs in the node can ask it`;
    case 'socket':
      return `${name} listens on ${listens.path}: only what runs in the node can ask it`;
    case 'nowhere':
      return `${name} listens nowhere: nobody asks it anything`;
  }
}

function serverIsKept({ oldMaster, master }: OpenReceipt): boolean {
  return oldMaster !== undefined && master?.key === oldMaster.key;
}
