// One limit against one window of one subject: what is asked, and the three answers. What rests on too little is neither
// kept nor broken, and says why.
import type { Figures, LimitedFigure } from '../model.js';

export interface Question {
  readonly limit: number;
  readonly figures: Figures;
  /** Answers that the balancer got only by a retry. */
  readonly masked: number;
  /** The same subject's windows before the first fault. */
  readonly baseline: readonly Figures[];
  /** The whole tier; a single node or request gets few enough requests for one of them to say little. */
  readonly isTier: boolean;
}

export type Ruling =
  | {
      readonly state: 'kept' | 'broken';
      /** In the limit's own unit. */
      readonly value: number;
      /** How many requests or answers it rests on. */
      readonly samples: number;
      /** The figure against its limit, as a sentence goes on after the name of the window. */
      readonly words: string;
    }
  | { readonly state: 'not-judged'; readonly why: string };

export type Rule = (question: Question) => Ruling;
export type Rules = Readonly<Record<LimitedFigure, Rule>>;

export const notJudged = (why: string): Ruling => ({ state: 'not-judged', why });
