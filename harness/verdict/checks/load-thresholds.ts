// Did the user's own demands on the load hold? A script may set thresholds on its own figures; the engine judges them,
// and one that was broken fails the run. Without such a script there is nothing to judge.
import type { LoadThreshold } from '../../record/events.js';
import { fail } from '../evidence.js';
import type { Check } from './check.js';

const NAME = 'load-thresholds';

interface Judged {
  thresholds: readonly LoadThreshold[];
}

export const loadThresholds: Check<Judged> = {
  name: NAME,
  summary: "the thresholds of the user's own load script hold",

  init: () => ({ thresholds: [] }),

  step(state, event) {
    if (event.kind === 'load' && event.totals?.thresholds) state.thresholds = event.totals.thresholds;
    return state;
  },

  finish: ({ thresholds }) =>
    thresholds
      .filter(({ ok }) => !ok)
      .map(({ metric, threshold }) => fail(NAME, `The threshold ${threshold} of ${metric} was broken.`)),
};
