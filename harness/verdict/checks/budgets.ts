// Failed share, latency and dark time against the scenario's limits, per window. The limits are for the whole tier; a node
// that was just killed fails all that it gets, so of single nodes only the window after their recovery is held to them.
import { formatMs, formatShare } from '../../core/units.js';
import { fail } from '../evidence.js';
import type { Finding, WindowResult } from '../model.js';
import { ofEvidence } from './check.js';

const NAME = 'budgets';
/** One failure among few requests is above any small share, and says little about a node. */
const LEAST_FAILURES_OF_A_NODE = 2;

export const budgets = ofEvidence(NAME, 'failed share, latency and dark time stay within their limits', (evidence) => {
  const { plan, windows, dark, loadStartMs = 0 } = evidence;
  const { failedShare, p99Ms, darkMs } = plan.limits;
  const findings: Finding[] = [];
  for (const window of windows) {
    const about = {
      ...(window.node === null ? {} : { node: window.node }),
      ...(window.round === undefined ? {} : { round: window.round }),
    };
    const shareLimit = failedShare[window.kind];
    const isHeld = window.node === null || (window.kind === 'after' && window.failed >= LEAST_FAILURES_OF_A_NODE);
    if (isHeld && shareLimit !== undefined && window.failedShare > shareLimit) {
      const ended = window.answered + window.failed;
      const message = `${windowWords(window)}: ${window.failed} of ${ended} requests failed (${formatShare(window.failedShare)}); the limit is ${formatShare(shareLimit)}.`;
      findings.push(fail(NAME, message, about));
    }
    const p99Limit = p99Ms[window.kind];
    if (window.node === null && p99Limit !== undefined && window.p99Ms !== undefined && window.p99Ms > p99Limit) {
      const message = `${windowWords(window)}: the 99th percentile is ${formatMs(window.p99Ms)}; the limit is ${formatMs(p99Limit)}.`;
      findings.push(fail(NAME, message, about));
    }
  }
  if (darkMs !== undefined && dark.ms > darkMs) {
    const message = `The whole tier gave no good answer for ${formatMs(dark.ms)} from ${formatMs(dark.fromMs - loadStartMs)} on; the limit is ${formatMs(darkMs)}.`;
    findings.push(fail(NAME, message));
  }
  return findings;
});

function windowWords({ kind, node, fromMs, toMs }: WindowResult): string {
  return `${node ?? 'Whole tier'}, ${kind} window from ${formatMs(fromMs)} to ${formatMs(toMs)}`;
}
