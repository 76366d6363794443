// The one line that stays on the screen when an environment is over, on a board and in a log alike.
import type { EnvironmentResult } from '../../verdict/model.js';
import { toned, type Ink } from '../colors.js';
import { expectationWords, failedWords, hadTotalOutage, restartsWords, slowestWords } from '../facts.js';
import { clean, packed } from '../text.js';

/** `width`: of the terminal, where it must not be cut in the middle of a word; a log's lines are as long as they are. */
export function endedLine(result: EnvironmentResult, ink: Ink, width = Infinity): string {
  const parts = [
    clean(result.name),
    toned(ink, result.verdict)(result.verdict.toUpperCase()),
    expectationWords(result),
    restartsWords(result),
    slowestWords(result),
    failedWords(result),
    hadTotalOutage(result) ? 'TOTAL OUTAGE' : '',
    result.interrupted ? 'interrupted' : '',
  ].filter((part) => part !== '');
  return packed(parts, width, '').join('\n');
}
