// What each exit code means, in words. The last line of a report says it, so that nobody has to look it up.
import { EXIT, type ExitCode } from '../core/errors.js';

const WORDS: Readonly<Record<ExitCode, string>> = {
  [EXIT.pass]: 'pass, every environment ended as the scenario expects',
  [EXIT.internal]: 'internal error: a defect of remuster, not of the tier',
  [EXIT.usage]: 'usage: the command line was not understood',
  [EXIT.fail]: 'fail, at least one environment did not end as the scenario expects',
  [EXIT.inconclusive]:
    'inconclusive: a fault missed, the load was not as planned, a probe was blind, or too little data',
  [EXIT.bootFailed]: 'the tier did not boot',
  [EXIT.timedOut]: 'timed out',
  [EXIT.leftBehind]: 'pass, but something was left behind',
  [EXIT.invalid]: 'invalid scenario or configuration',
  [EXIT.notSteady]: 'no steady state before the first fault',
  [EXIT.cannotRunHere]: 'this machine cannot run it; see remuster doctor',
  [EXIT.interrupted]: 'interrupted, after cleanup',
  [EXIT.terminated]: 'terminated, after cleanup',
};

function isExitCode(code: number): code is ExitCode {
  return Object.hasOwn(WORDS, code);
}

export function exitWords(code: number): string {
  return isExitCode(code) ? WORDS[code] : 'not a code of remuster';
}
