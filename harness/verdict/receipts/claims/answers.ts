// Claim 5: the node answers directly, so many times in a row on fresh connections, and it is the right process that does.
import { generationIsOf, parseKey } from '../../../core/identity.js';
import { formatMs } from '../../../core/units.js';
import type { ProbeEvent } from '../../../record/events.js';
import { no, unseen, yes, type Evaluate } from './claim.js';

export const answers: Evaluate = ({ plan, receipt, at }) => {
  const { view, good, badProbe, master } = receipt;
  const k = plan.proof.consecutive;
  const blind = view.blindness('probe');
  if (blind !== undefined) return unseen(`the prober lost sight: ${blind}`);
  if (!view.probe) return unseen('no direct probe was made');
  if (view.unseen !== undefined && view.probe.outcome === 'ok')
    return unseen(`it answers, but whether a new process does cannot be seen: ${view.unseen}`);
  if (badProbe) {
    return no(`${good.count} of ${k} direct answers since ${at(badProbe.sinceMs)}; ${probeWords(badProbe.event)}`);
  }
  if (good.count < k) return no(`${good.count} of ${k} direct answers in a row`);
  const { generation } = good;
  if (generation !== undefined && master && !generationIsOf(generation, master.key)) {
    return no(
      `pid ${parseKey(generation.split('/')[0] ?? '').pid} answers, which is not below the master pid ${master.pid}`,
    );
  }
  return yes(`${good.count} direct answers in a row since ${at(good.sinceMs)}`, good.sinceMs);
};

/** What a direct probe met, in words. */
export function probeWords({ outcome, status, tookMs }: ProbeEvent): string {
  switch (outcome) {
    case 'ok':
      return 'answered by a process that should be gone';
    case 'bad-status':
      return `answers ${status ?? 'with an error'}`;
    case 'closed':
      return 'connection refused or closed without a byte';
    case 'timeout':
      return `connects, then no byte in ${formatMs(tookMs)}`;
    case 'error':
      return 'the probe failed';
  }
}
