// A held tier in words, for a terminal.
import { formatMs } from '../core/units.js';
import { receiptTitle } from '../report/facts.js';
import { isWhole } from '../verdict/evidence.js';
import { columns } from '../report/table.js';
import { clean } from '../report/text.js';
import type { Receipt } from '../verdict/model.js';
import type { TierStatus } from './questions.js';
import { isHeld, pidOf, type Addresses, type HeldTier } from './state.js';

const SHOWN_RECEIPTS = 5;

export function addressLines({ balancer, nodes, containers }: Addresses): readonly string[] {
  return columns([
    ['  balancer', balancer, containers['balancer'] ?? ''],
    ...Object.entries(nodes).map(([name, url]) => [`  ${name}`, url, containers[name] ?? '']),
    ...Object.entries(containers)
      .filter(([name]) => name !== 'balancer' && nodes[name] === undefined)
      .map(([name, container]) => [`  ${name}`, '', container]),
  ]);
}

export function statusLines(status: TierStatus): readonly string[] {
  const { name, environment, scenario, load, nodes, receipts } = status;
  const perSecond = `${String(Math.round(load.answeredPerSecond))} good answers/s, ${String(Math.round(load.failedPerSecond))} failed/s`;
  const table = [
    ['  node', 'master', 'workers', 'supervisor says', 'answers', 'balancer', 'restarts'],
    ...nodes.map((node) => [
      `  ${node.node}`,
      node.master === null ? 'none' : `pid ${node.master.split('.')[0] ?? ''}`,
      String(node.workers),
      `"${clean(node.supervisorSays)}"`,
      node.answers,
      node.balancer,
      String(node.restarts),
    ]),
  ];
  const troubles = nodes.flatMap((node) => node.troubles.map((text) => `  ! ${node.node}  ${clean(text)}`));
  const hidden = receipts.length - SHOWN_RECEIPTS;
  return [
    `${name}  ${scenario}, environment ${environment}  up ${formatMs(status.upMs)}, goes down by itself in ${formatMs(status.leftMs)}`,
    `  load: ${load.words}; ${perSecond}`,
    ...columns(table),
    ...troubles,
    ...(hidden > 0 ? [`  ${String(hidden)} earlier receipts in ${status.folder}`] : []),
    ...receipts.slice(-SHOWN_RECEIPTS).map((receipt) => `  ${receiptLine(receipt)}`),
    ...addressLines(status.addresses),
  ];
}

/** One that cannot be asked: booting, failed, or its holder is gone. */
export function silentLine(tier: HeldTier): string {
  const { name, scenario, environment, state, failure } = tier;
  const head = `${name}  ${scenario}, environment ${environment}`;
  if (state === 'failed') return `${head}  failed: ${failure?.message ?? 'it did not say why'}`;
  if (isHeld(tier)) return `${head}  ${state} (pid ${String(pidOf(tier) ?? '?')})`;
  return `${head}  its holder is gone; remuster down ${name} removes what is left of it`;
}

export function receiptLine(receipt: Receipt): string {
  const of = (state: string): string =>
    receipt.claims
      .filter((claim) => claim.state === state)
      .map((claim) => claim.id)
      .join(', ');
  const [broken, unseen] = [of('broken'), of('not-observed')];
  const words = isWhole(receipt)
    ? `whole${receipt.closedEarly ? ' so far; its hold is not over' : ''}`
    : [...(broken === '' ? [] : [`BROKEN ${broken}`]), ...(unseen === '' ? [] : [`not observed: ${unseen}`])].join(
        '; ',
      );
  return `${receiptTitle(receipt)}: ${words}`;
}
