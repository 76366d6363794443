// What is told beside the books of k6: what it hides, what it cannot know, what went wrong in its script. Pure.
import type { LoadPlan } from '../../plan/load-plan.js';
import type { LoadTotals } from '../../record/events.js';
import type { K6Complaints } from './process.js';
import type { K6Summary } from './parse.js';
import { usersOfRate } from './script.js';

type Told = Pick<LoadTotals, 'notes' | 'hides' | 'doubts' | 'thresholds'>;

/** Go's client sends these again by itself: net/http, Request.isReplayable (Transport's documentation). */
const SENT_AGAIN = new Set(['GET', 'HEAD', 'OPTIONS']);

export function besideTheBooks(
  plan: LoadPlan,
  ownScript: boolean,
  complaints: K6Complaints,
  summary: K6Summary | undefined,
): Told {
  const hides = hiddenBy(plan, ownScript);
  const doubts = doubtsOf(complaints, summary);
  const thresholds = summary?.thresholds ?? [];
  const notes = notesOf(plan, ownScript);
  return {
    ...(notes.length > 0 ? { notes } : {}),
    ...(hides === undefined ? {} : { hides }),
    ...(doubts.length > 0 ? { doubts } : {}),
    ...(thresholds.length > 0 ? { thresholds } : {}),
  };
}

function hiddenBy({ connections, requests }: LoadPlan, ownScript: boolean): string | undefined {
  if (connections === 'fresh') return undefined;
  const methods = ownScript ? [...SENT_AGAIN] : [...new Set(requests.map(({ method }) => method))];
  const again = methods.filter((method) => SENT_AGAIN.has(method));
  if (again.length === 0) return undefined;
  return `on kept connections k6 sends ${again.join(', ')} again in silence when the connection dies: how many of them were lost is unknown`;
}

function notesOf(plan: LoadPlan, ownScript: boolean): readonly string[] {
  const notes: string[] = [];
  if (ownScript)
    notes.push(
      "the script's requests are known at their end only, and without their node and process generation; latency is k6's http_req_duration",
    );
  if (plan.model === 'open') {
    const { allocated, wanted } = usersOfRate(plan);
    if (allocated < wanted)
      notes.push(
        `k6 had ${allocated} virtual users; ${wanted} are needed if all requests hang until their time-out: what found none free is unsent`,
      );
  }
  return notes;
}

function doubtsOf({ thrown, firstThrown }: K6Complaints, summary: K6Summary | undefined): readonly string[] {
  const doubts: string[] = [];
  if (thrown > 0) doubts.push(`The script of k6 threw ${thrown} times, first: ${firstThrown}`);
  if (!summary) doubts.push('k6 gave no account of its own at its end, so that its books could not be checked.');
  return doubts;
}
