// How long each restart took, against the limits: until the share is restored, and per step of the waterfall.
import { formatMs } from '../../core/units.js';
import { doubt, fail, hasBroken, isWhole, recoveredAtMs, strikesLater } from '../evidence.js';
import { WATERFALL_STEPS, type Finding } from '../model.js';
import { ofEvidence } from './check.js';

const NAME = 'recovery-time';

export const recoveryTime = ofEvidence(NAME, 'every node is back within the limits', ({ plan, receipts }) =>
  receipts.flatMap((receipt): Finding[] => {
    // A node that never came back has no recovery time; every-node-returns tells of it.
    const { node, round, path, waterfallMs } = receipt;
    const startedMs = receipt.startedMs + (strikesLater(path) ? (waterfallMs.landed ?? 0) : 0);
    const about = { node, ...(round === undefined ? {} : { round }) };
    const findings: Finding[] = [];
    const backMs = recoveredAtMs(receipt);
    const limitMs = plan.limits.recoveredMs;
    if (backMs !== undefined && backMs - startedMs > limitMs) {
      const message = `${node} was back for good only ${formatMs(backMs - startedMs)} after its restart at ${formatMs(startedMs)}; the limit is ${formatMs(limitMs)}.`;
      findings.push(fail(NAME, message, about));
    }
    for (const step of WATERFALL_STEPS) {
      const stepLimitMs = plan.limits.steps[step];
      if (stepLimitMs === undefined) continue;
      const ms = waterfallMs[step];
      if (ms !== undefined && ms > stepLimitMs) {
        findings.push(
          fail(NAME, `${node}: ${step} took ${formatMs(ms)}; the limit is ${formatMs(stepLimitMs)}.`, about),
        );
      } else if (ms === undefined && isWhole(receipt) && !hasBroken(receipt)) {
        findings.push(
          doubt(
            NAME,
            `${node}: ${step} was not seen, so its limit of ${formatMs(stepLimitMs)} cannot be judged.`,
            about,
          ),
        );
      }
    }
    return findings;
  }),
);
