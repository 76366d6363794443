// One lane of characters per node over the time of the run: who served, who failed, who was away, when something struck.
// From windows and receipts only, so that a stored result draws the same lanes.
import { nodeOf } from '../plan/posts.js';
import type { EnvironmentResult, Receipt, WindowResult } from '../verdict/model.js';
import { formatAt, pad } from './text.js';

export const LANE_LEGEND = '█ serving   ▓ failing requests   ░ not proved back   · not observed   ▼ restart';
const FAILING_SHARE = 0.05;

function answersFrom(receipt: Receipt): number {
  const answers = receipt.claims.find((claim) => claim.id === 'answers');
  if (answers === undefined || answers.state === 'not-applicable') return receipt.startedMs;
  return answers.state === 'held' ? (answers.atMs ?? receipt.startedMs) : Number.POSITIVE_INFINITY;
}

function cell(windows: readonly WindowResult[], receipts: readonly Receipt[], fromMs: number, toMs: number): string {
  if (receipts.some((receipt) => receipt.startedMs >= fromMs && receipt.startedMs < toMs)) return '▼';
  const middleMs = (fromMs + toMs) / 2;
  const last = receipts.filter((receipt) => receipt.startedMs <= middleMs).at(-1);
  if (last !== undefined && middleMs < answersFrom(last)) return '░';
  const window = windows.find((each) => each.fromMs <= middleMs && middleMs < each.toMs);
  if (window === undefined) return '·';
  if (window.answered === 0) return '░';
  return window.failedShare >= FAILING_SHARE ? '▓' : '█';
}

/** Lanes with a scale below; empty when no node was watched. */
export function lanes(environment: EnvironmentResult, nodes: readonly string[], cells = 64): string[] {
  const windows = environment.windows.filter((window) => window.node !== null);
  const endMs = Math.max(0, ...environment.windows.map((window) => window.toMs));
  if (windows.length === 0 || endMs <= 0) return [];
  const nameWidth = Math.max(...nodes.map((node) => node.length));
  const stepMs = endMs / cells;
  const drawn = nodes.map((node) => {
    const own = windows.filter((window) => window.node === node);
    const receipts = environment.receipts.filter((receipt) => nodeOf(receipt.node) === node);
    const line = Array.from({ length: cells }, (_, index) => cell(own, receipts, index * stepMs, (index + 1) * stepMs));
    return `${pad(node, nameWidth)}  ${line.join('')}`;
  });
  const end = formatAt(endMs);
  return [...drawn, `${pad('', nameWidth)}  ${pad('0 s', cells - end.length)}${end}`, '', LANE_LEGEND];
}
