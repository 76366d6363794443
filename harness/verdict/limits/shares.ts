// Limits of shares: of requests that failed, and of answers that the balancer got only by a retry.
import { formatShare } from '../../core/units.js';
import { notJudged, type Question, type Ruling } from './ruling.js';

/** One failure among few requests is above any small share, and says little about a node. */
const LEAST_OF_A_PART = 2;

export function failedShare(question: Question): Ruling {
  const { failed, failedShare: value, answered } = question.figures;
  const samples = answered + failed;
  if (samples === 0) return notJudged('no request ended');
  return shareRuling(question, failed, value, samples, `${failed} of ${samples} requests failed`);
}

export function maskedShare(question: Question): Ruling {
  const { masked, figures } = question;
  const { answered } = figures;
  if (answered === 0) return notJudged('nothing was answered');
  const words = `${masked} of ${answered} answers needed a retry of the balancer`;
  return shareRuling(question, masked, masked / answered, answered, words);
}

function shareRuling({ limit, isTier }: Question, bad: number, value: number, samples: number, what: string): Ruling {
  if (value > limit && limit > 0 && bad < LEAST_OF_A_PART && !isTier)
    return notJudged(`one of ${samples} is more than ${formatShare(limit)}, and says little`);
  const words = `${what} (${formatShare(value)}); the limit is ${formatShare(limit)}`;
  return { state: value > limit ? 'broken' : 'kept', value, samples, words };
}
