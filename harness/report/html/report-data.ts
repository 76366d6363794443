// From a run's result, its plans and its journals to the data of the page. Each journal is read once, as a stream.
import { formatMs } from '../../core/units.js';
import type { Plan } from '../../plan/plan.js';
import type { JournalEvent } from '../../record/events.js';
import { CLAIM_IDS, WATERFALL_STEPS, type RunResult } from '../../verdict/model.js';
import { differencesOf } from '../differences.js';
import { exitWords } from '../exit-words.js';
import {
  generatorNotes,
  generatorWords,
  isPlainPass,
  peakLoadWords,
  planOf,
  repeatCommand,
  totalDurationMs,
} from '../facts.js';
import { soakLines } from '../soak-words.js';
import { clean, counted } from '../text.js';
import type { ReportData } from './data.js';
import { environmentData } from './environment-data.js';
import { JournalView, type JournalPicture } from './journal-view.js';

/** The journal of an environment, oldest event first; empty where there is none. */
export type JournalOf = (environment: string) => AsyncIterable<JournalEvent> | Iterable<JournalEvent>;

/** `live`: the run goes on, and its result is what could be judged so far. */
export async function reportData(
  result: RunResult,
  plans: readonly Plan[],
  journalOf: JournalOf,
  { live = false }: { readonly live?: boolean } = {},
): Promise<ReportData> {
  const pictures = new Map<string, JournalPicture>();
  for (const { name } of result.environments) {
    const plan = planOf(plans, name);
    if (plan) pictures.set(name, await pictureOf(plan, journalOf(name)));
  }
  return reportDataFrom(result, plans, pictures, { live });
}

/** A journal as it is drawn. */
export async function pictureOf(
  plan: Plan,
  events: AsyncIterable<JournalEvent> | Iterable<JournalEvent>,
): Promise<JournalPicture> {
  const view = new JournalView(plan);
  for await (const event of events) view.step(event);
  return view.finish();
}

/** The same from pictures that are there already: whoever writes a journal can keep a JournalView beside it. Pure. */
export function reportDataFrom(
  result: RunResult,
  plans: readonly Plan[],
  pictures: ReadonlyMap<string, JournalPicture>,
  { live = false }: { readonly live?: boolean } = {},
): ReportData {
  const generator = generatorWords(result.environments);
  return {
    schemaVersion: 1,
    live,
    run: {
      id: result.runId,
      scenario: clean(result.scenario),
      summary: clean(plans[0]?.summary ?? ''),
      headline: headline(result, plans),
      verdict: result.verdict,
      exitCode: result.exitCode,
      exitWords: exitWords(result.exitCode),
      again: repeatCommand(result),
      leftBehind: result.leftBehind.map(clean),
      soak: soakLines(result).map((line) => ({ ...line, text: clean(line.text) })),
      notes: [...(generator === undefined ? [] : [generator]), ...generatorNotes(result.environments).map(clean)],
    },
    claims: CLAIM_IDS,
    steps: WATERFALL_STEPS,
    environments: result.environments.map((environment) => {
      const passed = result.environments
        .filter((other) => other.name !== environment.name && other.verdict === 'pass')
        .map(({ name }) => name);
      const differences = isPlainPass(environment) ? [] : differencesOf(plans, environment.name, passed);
      const plan = planOf(plans, environment.name);
      return environmentData(environment, plan, pictures.get(environment.name) ?? EMPTY, differences);
    }),
  };
}

function headline(result: RunResult, plans: readonly Plan[]): string {
  const nodes = plans[0]?.nodes.length;
  return [
    `seed ${result.seed}`,
    counted(result.environments.length, 'environment'),
    ...(nodes === undefined ? [] : [counted(nodes, 'node')]),
    peakLoadWords(plans),
    formatMs(totalDurationMs(result)),
  ]
    .filter((words) => words !== undefined)
    .join(' · ');
}

/** Of an environment without a plan, or without a journal. */
const EMPTY: JournalPicture = {
  fromMs: 0,
  toMs: 1000,
  journalZeroMs: 0,
  smokeAtMs: null,
  load: {
    ...{ bucketMs: 100, atMs: [], offered: [], answered: [], failed: [], unsent: [], mostFailed: [], inFlight: [] },
    ...{ level: [], failedBy: {} },
  },
  latency: { bucketMs: 1000, atMs: [], p50Ms: [], p95Ms: [], p99Ms: [], maxMs: [] },
  nodes: [],
  bands: [],
  said: [],
  saidLeftOut: 0,
  versions: {},
};
