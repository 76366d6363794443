// Receipts on the terminal: broken ones with their evidence, alike ones in one line each, whole ones counted.
// Times of held claims are relative to the restart, because that is what the reader compares.
import { formatMs } from '../core/units.js';
import type { Claim, Receipt } from '../verdict/model.js';
import type { Ink } from './colors.js';
import { isWhole } from '../verdict/evidence.js';
import { receiptTitle } from './facts.js';
import { clean, counted, formatAt, hanging, packed, pad } from './text.js';

const MAX_WHOLE_TEXT = 3;
const MAX_ALIKE = 8;

export function receiptLines(receipts: readonly Receipt[], width: number, ink: Ink): string[] {
  const broken = receipts.filter((receipt) => !isWhole(receipt));
  const byPattern = new Map<string, Receipt[]>();
  for (const receipt of broken) {
    const pattern = receipt.claims.map((claim) => claim.state).join();
    byPattern.set(pattern, [...(byPattern.get(pattern) ?? []), receipt]);
  }
  const lines: string[] = [];
  for (const [index, [first, ...alike]] of [...byPattern.values()].entries()) {
    if (first === undefined) continue;
    if (index < MAX_WHOLE_TEXT) lines.push(...oneReceipt(first, width, ink));
    else lines.push(...hanging('  receipt  ', `${receiptTitle(first)}: ${stateWords(first)}`, width, ink.red));
    if (alike.length > 0) lines.push(...hanging('    alike     ', alikeWords(alike), width, ink.red));
  }
  const whole = receipts.length - broken.length;
  if (broken.length > 0 && whole > 0) lines.push(ink.green(`  ${counted(whole, 'other restart')} proved`));
  return lines;
}

/** The same claims are broken: who and why is enough. */
function alikeWords(receipts: readonly Receipt[]): string {
  const shown = receipts.slice(0, MAX_ALIKE).map(receiptTitle);
  const hidden = receipts.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${hidden} more in summary.md`] : [])].join('; ');
}

function stateWords(receipt: Receipt): string {
  const of = (state: Claim['state']): string =>
    receipt.claims
      .filter((claim) => claim.state === state)
      .map((claim) => claim.id)
      .join(', ');
  const broken = of('broken');
  const unseen = of('not-observed');
  return [...(broken === '' ? [] : [`BROKEN ${broken}`]), ...(unseen === '' ? [] : [`not observed: ${unseen}`])].join(
    '; ',
  );
}

export function oneReceipt(receipt: Receipt, width: number, ink: Ink): string[] {
  const judged = `judged at ${formatAt(receipt.judgedMs)}${receipt.closedEarly ? ', before the end of its hold' : ''}`;
  const lines = hanging('  receipt  ', `${receiptTitle(receipt)}, ${judged}`, width, (line) => ink.bold(line));
  const held = receipt.claims.filter((claim) => claim.state === 'held').map((claim) => heldWords(claim, receipt));
  lines.push(...packed(held, width, '    held      ', 3));
  const idWidth = Math.max(...receipt.claims.map((claim) => claim.id.length));
  for (const claim of receipt.claims) {
    switch (claim.state) {
      case 'held':
        break;
      case 'broken':
        lines.push(...claimLine('BROKEN', claim.id, idWidth, claim.evidence, width, ink.red));
        break;
      case 'not-observed':
        lines.push(...claimLine('not seen', claim.id, idWidth, claim.evidence, width, ink.yellow));
        break;
      case 'not-applicable':
        lines.push(...claimLine('n/a', claim.id, idWidth, claim.reason ?? claim.evidence, width, String));
        break;
    }
  }
  return lines;
}

function heldWords(claim: Claim, receipt: Receipt): string {
  return claim.atMs === undefined ? claim.id : `${claim.id} ${formatMs(Math.max(0, claim.atMs - receipt.startedMs))}`;
}

function claimLine(
  word: string,
  id: string,
  idWidth: number,
  evidence: string,
  width: number,
  paint: (text: string) => string,
): string[] {
  const text = clean(evidence);
  return hanging(`    ${pad(word, 8)}  ${pad(id, idWidth)}  `, text === '' ? 'no evidence' : text, width, paint);
}
