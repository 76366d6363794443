// Was the load what was planned, and were the observers in time? Books that do not balance, a generator that is late or
// was the bottleneck, lines that are missing: then nothing that was measured can be trusted.
import { formatLatency, formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';
import type { Limits } from '../../plan/window-limits.js';
import type { LatenessEvent, LoadEvent, LoadTotals } from '../../record/events.js';
import { doubt, oneLine } from '../evidence.js';
import { generatorLimitsBroken } from '../generator-limits.js';
import type { Finding } from '../model.js';
import type { Check } from './check.js';

const NAME = 'load-was-real';

/** Frames come every 100 ms, and now and then where nothing happens; so long without one and the generator stood still. */
const SILENCE_LIMIT_MS = 2_500;
/** Observers that look every 10 to 100 ms, and look closer around a fault. */
const OBSERVER_LATE_LIMIT_MS: Readonly<Record<LatenessEvent['who'], number>> = {
  probe: 250,
  agent: 1_000,
  fault: 250,
  'balancer-log': 1_000,
  sentinel: 250,
};
/** Frames may be cut off at the end. */
const MISSING_FRAMES_SHARE = 0.005;
const MISSING_FRAMES_LEAST = 10;

interface Load {
  readonly plan: Plan;
  started: boolean;
  died: LoadEvent | undefined;
  totals: LoadTotals | undefined;
  framesOffered: number;
  lastFrameMs: number | undefined;
  silence: { readonly ms: number } | undefined;
  readonly late: LatenessEvent[];
}

export const loadWasReal: Check<Load> = {
  name: NAME,
  summary: 'the generator kept its schedule, its books balance, and it was not the bottleneck',

  init: (plan) => ({
    plan,
    started: false,
    died: undefined,
    totals: undefined,
    framesOffered: 0,
    lastFrameMs: undefined,
    silence: undefined,
    late: [],
  }),

  step(state, event) {
    switch (event.kind) {
      case 'load':
        if (event.state === 'started') state.started = true;
        if (event.state === 'died') state.died = event;
        if (event.totals) state.totals = event.totals;
        break;
      case 'load-frame': {
        const gapMs = state.lastFrameMs === undefined ? 0 : event.atMs - state.lastFrameMs;
        if (gapMs > (state.silence?.ms ?? SILENCE_LIMIT_MS)) state.silence = { ms: gapMs };
        state.lastFrameMs = event.atMs;
        state.framesOffered += event.offered;
        break;
      }
      case 'lateness':
        if (event.lateness.p99Ms > OBSERVER_LATE_LIMIT_MS[event.who]) state.late.push(event);
        break;
      default:
        break;
    }
    return state;
  },

  finish(state, { cut, missingLines }) {
    if (!state.started) return [];
    return [...generator(state, cut !== undefined), ...observers(state, missingLines)];
  },
};

function generator(state: Load, wasCut: boolean): readonly Finding[] {
  const { died, totals, silence, plan } = state;
  const findings: string[] = [];
  if (died) findings.push(`The load generator ended by itself: ${oneLine(died.evidence ?? 'it left no last words')}.`);
  if (silence)
    findings.push(`The load generator stood still for ${formatMs(silence.ms)} (limit ${formatMs(SILENCE_LIMIT_MS)}).`);
  if (!totals) {
    if (!died && !wasCut) findings.push('The load generator handed in no books at its end.');
  } else {
    const { offered, doubts = [], hides } = totals;
    findings.push(...generatorLimitsBroken(plan.load, totals).map(({ words }) => words));
    findings.push(...doubts.map((words) => `${oneLine(words)}.`));
    if (hides !== undefined && limitsFailures(plan.limits))
      findings.push(`The limits on failed requests cannot be shown to hold: ${hides}.`);
    if (Math.abs(offered - state.framesOffered) > Math.max(MISSING_FRAMES_LEAST, offered * MISSING_FRAMES_SHARE)) {
      findings.push(
        `Frames of the load are missing: they tell of ${state.framesOffered} requests, its books of ${offered}.`,
      );
    }
  }
  return findings.map((message) => doubt(NAME, message));
}

/** A limit on something that is not seen is neither held nor broken (docs/decisions/0007). */
function limitsFailures({ failedShare, nodes, requests = {} }: Limits): boolean {
  const limited = [failedShare, nodes?.failedShare, ...Object.values(requests).map((each) => each.failedShare)];
  return limited.some((windows) => windows !== undefined && Object.keys(windows).length > 0);
}

function observers(state: Load, missingLines: number): readonly Finding[] {
  const late = state.late.map(({ who, lateness }) => {
    const words = `99th percentile ${formatLatency(lateness.p99Ms)}, limit ${formatLatency(OBSERVER_LATE_LIMIT_MS[who])}`;
    return doubt(NAME, `${WHO[who]} late: ${words} (worst ${formatLatency(lateness.maxMs)}).`);
  });
  if (missingLines === 0) return late;
  return [
    ...late,
    doubt(NAME, `${missingLines} lines of the balancer's log are missing: good answers that users got are not in it.`),
  ];
}

const WHO: Readonly<Record<LatenessEvent['who'], string>> = {
  probe: 'Direct probes were',
  agent: "The nodes' agents were",
  fault: 'Faults were sent',
  sentinel: 'Requests of the sentinel were',
  'balancer-log': "The reading of the balancer's log was",
};
