// Where the evidence of a finding is: the receipt that it speaks of, and the moment to look at. A finding is words; which
// restart it means is known by node, claim and the restart that it names.
import type { EnvironmentResult, Finding, Receipt } from '../../verdict/model.js';
import type { FindingData } from './data.js';

/** `receipts`: in the order of the page. */
export function findingsOf(environment: EnvironmentResult): readonly FindingData[] {
  return environment.findings.map((finding) => {
    const receipt = receiptOf(finding, environment.receipts);
    return {
      check: finding.check,
      severity: finding.severity,
      node: finding.node ?? null,
      message: finding.message,
      atMs: momentOf(finding, environment, receipt === -1 ? undefined : environment.receipts[receipt]),
      receipt: receipt === -1 ? null : receipt,
      claim: finding.claim ?? null,
    };
  });
}

function receiptOf({ node, claim, message }: Finding, receipts: readonly Receipt[]): number {
  if (node === undefined || claim === undefined) return -1;
  const restart = /\brestart (\d+)\b/.exec(message)?.[1];
  return receipts.findIndex(
    (receipt) => receipt.node === node && (restart === undefined || receipt.restart === Number(restart)),
  );
}

function momentOf(finding: Finding, environment: EnvironmentResult, receipt: Receipt | undefined): number | null {
  if (receipt) {
    const claim = receipt.claims.find(({ id }) => id === finding.claim);
    // A broken claim was true at no time that stayed; its evidence says since when it is broken.
    return claim?.atMs ?? momentSaid(claim?.evidence ?? '') ?? receipt.startedMs;
  }
  const { cascade, windows } = environment;
  if (finding.check === 'no-cascade') {
    const link = cascade.chain.find(({ node, relation }) => node === finding.node && relation !== 'hit');
    return link?.atMs ?? cascade.totalOutageAtMs ?? null;
  }
  const window = windows.find(({ node, round }) => node === null && round === finding.round);
  return momentSaid(finding.message) ?? (finding.round === undefined ? null : (window?.fromMs ?? null));
}

/** The first moment that words name, as formatMs writes it: 'since 31.7 s', 'from 2 min 5 s to ...'. */
export function momentSaid(words: string): number | undefined {
  const said = /\b(?:since|from|at) (?:(\d+) min )?(\d+(?:\.\d+)?) s\b/.exec(words);
  return said ? Math.round(Number(said[1] ?? 0) * 60_000 + Number(said[2]) * 1000) : undefined;
}
