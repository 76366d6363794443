// Every restart, whoever caused it, must have a whole receipt: all its claims held or not applicable.
import { formatMs } from '../../core/units.js';
import { doubt, fail } from '../evidence.js';
import type { Finding, Receipt } from '../model.js';
import { ofEvidence } from './check.js';

const NAME = 'every-node-returns';

export const everyNodeReturns = ofEvidence(NAME, 'every restart has a whole receipt', ({ receipts }) =>
  receipts.flatMap((receipt) =>
    receipt.claims.flatMap((claim): Finding[] => {
      if (claim.state === 'held' || claim.state === 'not-applicable') return [];
      const about = {
        node: receipt.node,
        ...(receipt.round === undefined ? {} : { round: receipt.round }),
        claim: claim.id,
      };
      const head = `${receipt.node}, restart ${receipt.restart} at ${formatMs(receipt.startedMs)} (${causeWords(receipt)}): ${claim.id}`;
      return claim.state === 'broken'
        ? [fail(NAME, `${head} is broken, judged at ${formatMs(receipt.judgedMs)}: ${claim.evidence}.`, about)]
        : [doubt(NAME, `${head} was not observed: ${claim.evidence}.`, about)];
    }),
  ),
);

function causeWords({ trigger, path }: Receipt): string {
  switch (trigger.kind) {
    case 'fault':
      return path.name === trigger.fault ? trigger.fault : `${trigger.fault}, ${path.name}`;
    case 'policy':
      return `policy ${trigger.policy}: ${trigger.detail}`;
    case 'unexplained':
      return 'unexplained';
  }
}
