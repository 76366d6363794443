// Judges a soak: each of its parts by its own journal, then the budgets over all of them. A part that was stopped or broke
// off and was taken up again counts up to its last whole round; what lies between is a gap, and told.
import { formatMs, formatShare } from '../core/units.js';
import type { StoredEnvironment, StoredRun } from '../record/store.js';
import type { Plan } from '../plan/plan.js';
import { fail } from '../verdict/evidence.js';
import { judgeEnvironment, judgeRun, withFindings } from '../verdict/judge.js';
import type { EnvironmentResult, Finding, RunResult, SoakEnvironmentResult, SoakGap } from '../verdict/model.js';
import { isWhole } from '../verdict/evidence.js';
import { firstOf, playedOf, type Played } from './played.js';
import { isGoingOn, type SoakState } from './state.js';

interface JudgedPart {
  readonly plan: Plan;
  readonly played: Played;
  readonly result: EnvironmentResult;
}

/** `onDamaged`: told the file and the number of a line that could not be read. */
export async function judgeSoak(
  stored: StoredRun,
  state: SoakState,
  onDamaged: (file: string, line: number) => void = () => undefined,
): Promise<RunResult> {
  const goesOn = isGoingOn(state);
  const results: EnvironmentResult[] = [];
  const environments: SoakEnvironmentResult[] = [];
  const begun: string[] = [];
  for (const name of Object.keys(state.environments)) {
    const segments = state.segments.filter(({ environment }) => environment === name);
    const parts: JudgedPart[] = [];
    const gaps: SoakGap[] = [];
    let lost = 0;
    for (const [index, segment] of segments.entries()) {
      const found = stored.environments.find((each) => each.name === segment.name);
      if (!found) continue;
      const next = segments[index + 1];
      const isPart = next !== undefined || (goesOn && segment.endedAt === undefined);
      const played = await playedOf(found.events());
      if (next) gaps.push(gapAfter(played, segment.endedAt === undefined, next.startedAt));
      if (isPart) lost += next ? played.roundsBegun - played.roundsEnded : 0;
      if (isPart && played.events === 0) continue;
      parts.push({ plan: found.plan, played, result: await judgePart(found, isPart, played, onDamaged) });
    }
    const [last] = parts.slice(-1);
    const summary = summaryOf(name, parts, gaps, lost);
    if (last) {
      results.push(...parts.slice(0, -1).map(({ result }) => result));
      results.push(withFindings(last.plan, last.result, overBudget(last.plan, summary)));
    }
    if (segments.length > 0 || !goesOn)
      begun.push(...(parts.length > 0 ? parts.map(({ result }) => result.name) : [name]));
    environments.push(summary);
  }
  const run = judgeRun({ ...stored.meta, environments: begun }, results);
  return { ...run, soak: { ...extentOf(state), goesOn, environments } };
}

function extentOf({ extent }: SoakState): { readonly forMs: number } | { readonly rounds: number } {
  return extent;
}

async function judgePart(
  stored: StoredEnvironment,
  isPart: boolean,
  played: Played,
  onDamaged: (file: string, line: number) => void,
): Promise<EnvironmentResult> {
  const { plan, folder } = stored;
  const all = stored.events((line) => onDamaged(folder.journalFile, line));
  return judgeEnvironment(plan, isPart ? firstOf(all, played.events) : all, isPart);
}

function gapAfter({ round, lastWallMs }: Played, brokeOff: boolean, toWall: string): SoakGap {
  return {
    afterRound: round,
    from: lastWallMs === 0 ? null : new Date(Math.round(lastWallMs)).toISOString(),
    to: toWall,
    why: brokeOff ? 'it broke off' : 'it was stopped',
  };
}

function summaryOf(
  name: string,
  parts: readonly JudgedPart[],
  gaps: readonly SoakGap[],
  lostRounds: number,
): SoakEnvironmentResult {
  const sum = (of: (part: JudgedPart) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const receipts = parts.flatMap(({ result }) => result.receipts);
  const answered = sum(({ result }) => result.load.answered);
  const failed = sum(({ result }) => Object.values(result.load.failed).reduce((all, each) => all + each, 0));
  return {
    name,
    rounds: sum(({ played }) => played.roundsEnded),
    lostRounds,
    playedMs: Math.round(sum(({ played }) => played.playedMs)),
    restarts: receipts.length,
    proved: receipts.filter(isWhole).length,
    answered,
    failed,
    failedShare: answered + failed === 0 ? 0 : failed / (answered + failed),
    unansweredMs: Math.round(
      sum(({ result }) => result.outages.reduce((all, { fromMs, toMs }) => all + toMs - fromMs, 0)),
    ),
    gaps,
  };
}

function overBudget({ soak }: Plan, { failedShare, failed, unansweredMs }: SoakEnvironmentResult): readonly Finding[] {
  const { failedShare: mostFailed, unansweredMs: mostMs } = soak?.budgets ?? {};
  return [
    ...(mostFailed !== undefined && failedShare > mostFailed
      ? [
          `${formatShare(failedShare)} of all requests failed (${String(failed)}); the budget is ${formatShare(mostFailed)}.`,
        ]
      : []),
    ...(mostMs !== undefined && unansweredMs > mostMs
      ? [`Nobody was answered for ${formatMs(unansweredMs)} in all; the budget is ${formatMs(mostMs)}.`]
      : []),
  ].map((words) => fail('budgets', `Over the whole soak: ${words}`));
}
