// A promise against what was measured. Pure: each difference in one sentence, with both values.
import type { RestartPromise, ServiceEnd } from '../plan/promise.js';
import type { Measurement } from './measure.js';

/** Polling, the engine's own time to run a command, and a machine that is busy. A broken promise is off by more. */
const SLACK_MS = 5_000;

export function differences(promise: RestartPromise, measured: Measurement): readonly string[] {
  const found = (Object.keys(measured.ends) as ServiceEnd[]).flatMap((end) => differenceOfEnd(promise, measured, end));
  const { runningWord } = measured;
  return [
    ...(promise.runningWords.includes(runningWord)
      ? []
      : [`says "${runningWord}" of a running service; promised are ${quoted(promise.runningWords)}`]),
    ...found,
    ...differencesOfBudget(promise, measured),
  ];
}

function differenceOfEnd(promise: RestartPromise, measured: Measurement, end: ServiceEnd): readonly string[] {
  const promised = promise.restartsAfter.includes(end);
  const { restarted, afterMs, wordAfter } = measured.ends[end];
  if (promised !== restarted)
    return [
      `after ${end}: promised is ${promised ? 'a restart' : 'no restart'}, measured ${restarted ? 'a restart' : `none ("${wordAfter}")`}`,
    ];
  const longestMs = promise.noticeMs + promise.restartDelayMs + SLACK_MS;
  if (afterMs === undefined || afterMs <= longestMs) return [];
  return [
    `after ${end}: promised is a restart within ${promise.noticeMs + promise.restartDelayMs} ms, measured ${afterMs.toFixed(0)} ms`,
  ];
}

function differencesOfBudget(
  { budget, restartsAfter }: RestartPromise,
  { budget: measured }: Measurement,
): readonly string[] {
  const { restarts, gaveUp, stateAfter, wordAfter } = measured;
  // Where a kill is no reason for a restart there is nothing to spend.
  if (!restartsAfter.includes('signal')) return [];
  if (!budget)
    return gaveUp ? [`promised is no end of restarts; measured: it gave up after ${restarts} ("${wordAfter}")`] : [];
  if (!gaveUp)
    return [`promised are ${budget.restarts} restarts; measured ${restarts}, and it had not given up ("${wordAfter}")`];
  return [
    ...(restarts === budget.restarts ? [] : [`promised are ${budget.restarts} restarts; measured ${restarts}`]),
    // Its own word, or the state that the word means.
    ...([stateAfter, wordAfter].includes(budget.thenState)
      ? []
      : [`promised is the state "${budget.thenState}" after giving up; measured "${stateAfter}" ("${wordAfter}")`]),
  ];
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}
