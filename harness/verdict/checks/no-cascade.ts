// No node that was not hit may leave service and stay out. When it happens, the finding is the chain.
import { formatMs } from '../../core/units.js';
import { fail } from '../evidence.js';
import type { Finding } from '../model.js';
import { ofEvidence } from './check.js';

const NAME = 'no-cascade';

export const noCascade = ofEvidence(NAME, 'an injured node pulls no other down', ({ cascade, plan }) => {
  if (!cascade.happened) return [];
  const victims = cascade.chain.filter((link) => link.relation !== 'hit');
  const findings: Finding[] = victims.map((link) => {
    const { node, atMs, relation, evidence } = link;
    const words =
      relation === 'because'
        ? 'because of the load that moved to it '
        : link === cascade.chain[0]
          ? ''
          : 'after the others ';
    return fail(
      NAME,
      `${node}, never touched, left service at ${formatMs(atMs)} ${words}and stayed out (limit ${formatMs(plan.limits.recoveredMs)}): ${evidence}.`,
      { node },
    );
  });
  if (cascade.totalOutageAtMs !== undefined) {
    const since = cascade.outageMs === undefined ? '' : `, ${formatMs(cascade.outageMs)} after the first restart`;
    findings.push(
      fail(NAME, `The whole tier gave no good answer from ${formatMs(cascade.totalOutageAtMs)} on${since}.`),
    );
  }
  return findings;
});
