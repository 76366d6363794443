// One environment of the page: what was judged (receipts, findings, cascade, figures) beside what was seen (the journal's
// picture). Pure; every text of the run is cleaned of control characters here.
import { formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';
import { CLAIM_IDS, WATERFALL_STEPS, type EnvironmentResult, type Receipt } from '../../verdict/model.js';
import type { Difference } from '../differences.js';
import {
  expectationWords,
  failedWords,
  hadTotalOutage,
  isPlainPass,
  receiptTitle,
  restartsWords,
  slowestWords,
  summaryWords,
  supervisorWords,
} from '../facts.js';
import { isWhole } from '../../verdict/evidence.js';
import { clean } from '../text.js';
import { figureTable, limitTable } from '../window-tables.js';
import type { Band, ClaimData, EnvironmentData, ReceiptData, StoryLine } from './data.js';
import { findingsOf } from './findings.js';
import type { JournalPicture } from './journal-view.js';

export function environmentData(
  environment: EnvironmentResult,
  plan: Plan | undefined,
  picture: JournalPicture,
  differences: readonly Difference[],
): EnvironmentData {
  const { cascade, cut, smokeGreen, smokeEvidence } = environment;
  const { reason, more } = toldShort(environment);
  return {
    name: environment.name,
    verdict: environment.verdict,
    expectation: expectationWords(environment),
    asExpected: environment.asExpected,
    isPlainPass: isPlainPass(environment),
    hadTotalOutage: hadTotalOutage(environment),
    facts: [restartsWords(environment), slowestWords(environment), failedWords(environment)],
    reason,
    more,
    cut: cut === null ? null : [cut.reason, cut.evidence].map(clean).filter(Boolean).join(': '),
    smoke: smokeGreen === null ? null : { green: smokeGreen, atMs: picture.smokeAtMs, evidence: clean(smokeEvidence) },
    supervisorsSay: supervisorWords(environment),
    fromMs: picture.fromMs,
    toMs: Math.max(picture.toMs, ...environment.receipts.slice(-1).map(({ judgedMs }) => judgedMs)),
    journalZeroMs: picture.journalZeroMs,
    model: plan?.load.model ?? 'closed',
    load: picture.load,
    latency: picture.latency,
    nodes: picture.nodes,
    bands: [...windowsOf(environment), ...picture.bands],
    findings: findingsOf(environment),
    receipts: environment.receipts.map(receiptData),
    cascade: {
      happened: cascade.happened,
      chain: cascade.chain,
      outageAtMs: cascade.totalOutageAtMs ?? null,
      outageAfter: cascade.outageMs === undefined ? null : formatMs(cascade.outageMs),
    },
    story: storyOf(environment, picture),
    storyLeftOut: picture.saidLeftOut,
    tables: [limitTable(environment), figureTable(environment)].filter((table) => table !== undefined),
    differences,
    versions: picture.versions,
    plan: plan ?? null,
  };
}

/** The reason in one sentence, and what else there is to say. The verdict's word stands elsewhere. */
export function toldShort(environment: EnvironmentResult): { readonly reason: string; readonly more: string } {
  const words = summaryWords(environment).replace(/^(?:PASS|FAIL|INCONCLUSIVE)[.:] */, '');
  // A full stop, the closing of a quotation perhaps, a space: '0.9 s' and 'web-1' end no sentence.
  const end = /[.!?]["”]?(?: +)(?=[\p{Lu}\p{Ll}])/u.exec(words);
  if (end === null) return { reason: words, more: '' };
  const at = end.index + end[0].length;
  return { reason: words.slice(0, at).trim(), more: words.slice(at) };
}

function receiptData(receipt: Receipt): ReceiptData {
  const { node, restart, round, startedMs, judgedMs, closedEarly, waterfallMs } = receipt;
  const claims = new Map(receipt.claims.map((claim) => [claim.id, claim]));
  return {
    ...{ node, restart, round: round ?? null, title: receiptTitle(receipt), isWhole: isWhole(receipt) },
    ...{ startedMs, judgedMs, closedEarly },
    claims: CLAIM_IDS.map((id): ClaimData => {
      const claim = claims.get(id);
      if (!claim) return ['not-observed', null, 'no word of it in the receipt'];
      const { state, atMs, evidence, reason } = claim;
      const seen = [state, atMs ?? null, clean(evidence)] as const;
      return reason === undefined ? seen : [...seen, clean(reason)];
    }),
    steps: WATERFALL_STEPS.map((step) => waterfallMs[step] ?? null),
  };
}

/** Of the whole tier. */
function windowsOf({ windows }: EnvironmentResult): readonly Band[] {
  return windows
    .filter(({ node }) => node === null)
    .map(({ kind, round, fromMs, toMs }) => ({
      ...({ kind: 'window', window: kind, fromMs, toMs, node: null } as const),
      words: round === undefined ? kind : `${kind} ${round}`,
    }));
}

function storyOf({ timeline, smokeGreen, smokeEvidence }: EnvironmentResult, picture: JournalPicture): StoryLine[] {
  const told = timeline.map(({ atMs, node, tone, text }): StoryLine => ({
    atMs,
    node,
    tone,
    text: clean(text),
    source: 'story',
  }));
  const quoted = new Set(told.map(({ node, text }) => `${node ?? ''} ${/"(.*)"/.exec(text)?.[1] ?? ''}`));
  // What the story quotes already is not said twice.
  const said = picture.said
    .map((line) => ({ ...line, text: clean(line.text) }))
    .filter(({ node, text }) => !quoted.has(`${node ?? ''} ${text}`));
  const smoke: StoryLine[] =
    smokeGreen === null || picture.smokeAtMs === null
      ? []
      : [
          {
            atMs: picture.smokeAtMs,
            node: null,
            tone: smokeGreen ? 'good' : 'bad',
            text: `smoke check ${smokeGreen ? 'green' : 'red'}: ${clean(smokeEvidence)}`,
            source: 'smoke',
          },
        ];
  return [...smoke, ...told, ...said]
    .map((line, index) => ({ line, index }))
    .sort((a, b) => a.line.atMs - b.line.atMs || a.index - b.index)
    .map(({ line }) => line);
}
