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
  if (receipt) return receipt.claims.find(({ id }) => id === finding.claim)?.atMs ?? receipt.startedMs;
  const { cascade, windows } = environment;
  if (finding.check === 'no-cascade') {
    const link = cascade.chain.find(({ node, relation }) => node === finding.node && relation !== 'hit');
    return link?.atMs ?? cascade.totalOutageAtMs ?? null;
  }
  const said = / from (\d+(?:\.\d+)?) s (?:to|on)\b/.exec(finding.message)?.[1];
  if (said !== undefined) return Number(said) * 1000;
  const fault = windows.find((window) => window.node === null && window.round === finding.round);
  return finding.round === undefined ? null : (fault?.fromMs ?? null);
}
