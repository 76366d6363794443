// All file reporters by name, and the one place that writes a run's reports. A reporter that breaks costs its own file
// and a note, never the run; only verdict.json, the record itself, must be written.
import { appendFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import type { Plan } from '../plan/plan.js';
import { journalIn } from '../record/store.js';
import type { RunResult } from '../verdict/model.js';
import type { Environ } from './colors.js';
import { renderHtml, reportData, type JournalOf } from './html/index.js';
import { renderJson } from './json.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';

export interface FileReporter {
  readonly name: string;
  readonly summary: string;
  /** Name of the file in the run's folder. */
  readonly file: string;
  render(result: RunResult, plans: readonly Plan[], journalOf: JournalOf): string | Promise<string>;
}

const json: FileReporter = {
  name: 'json',
  summary: 'the whole result as one object',
  file: 'verdict.json',
  render: renderJson,
};

const junit: FileReporter = {
  name: 'junit',
  summary: 'one case per node, restart and claim, and one per check',
  file: 'junit.xml',
  render: renderJunit,
};

const markdown: FileReporter = {
  name: 'markdown',
  summary: 'a job summary; also appended to GITHUB_STEP_SUMMARY',
  file: 'summary.md',
  render: renderMarkdown,
};

const html: FileReporter = {
  name: 'html',
  summary: 'one page to look at, with a time line; opens offline',
  file: 'report.html',
  render: async (result, plans, journalOf) =>
    renderHtml(await reportData(result, plans, journalOf, { live: result.soak?.goesOn ?? false })),
};

export const reporters: Readonly<Record<string, FileReporter>> = { json, junit, markdown, html };

export type Tell = (note: string) => void;

const tellOnStderr: Tell = (note) => void process.stderr.write(`${note}\n`);

/**
 * Writes all reports into the run's folder, whose journals the page is drawn from, and returns its artifacts, as paths
 * within that folder: the same list that verdict.json holds. Judged again, a run gets the same bytes: nothing here depends on clock, host or working directory.
 */
export async function writeReports(
  result: RunResult,
  plans: readonly Plan[],
  folder: string,
  env: Environ,
  tell: Tell = tellOnStderr,
): Promise<readonly string[]> {
  const written: string[] = [];
  const journalOf: JournalOf = (name) => journalIn(folder, name);
  for (const reporter of [junit, markdown, html]) {
    try {
      await writeFile(join(folder, reporter.file), await reporter.render(result, plans, journalOf));
      written.push(reporter.file);
    } catch (error) {
      tell(`${reporter.file} was not written: ${messageOf(error)}`);
    }
  }
  await appendToJobSummary(result, plans, env, tell);
  const artifacts = [
    json.file,
    ...written,
    ...result.environments.flatMap(({ name }) =>
      ['plan.json', 'events.ndjson'].map((file) => `environments/${name}/${file}`),
    ),
  ];
  // What is not over has no verdict yet.
  if (result.soak?.goesOn) return artifacts;
  try {
    await writeFile(join(folder, json.file), renderJson({ ...result, artifacts }));
  } catch (error) {
    throw new HarnessError('results-unwritable', `${join(folder, json.file)} cannot be written: ${messageOf(error)}`, {
      hint: `the journals are kept; make room and judge them again: remuster report ${folder}`,
      cause: error,
    });
  }
  return artifacts;
}

/** GitHub refuses the whole summary of a step when it is larger: better to leave ours out than to lose everybody's. */
const JOB_SUMMARY_BYTES = 1024 * 1024;

async function appendToJobSummary(result: RunResult, plans: readonly Plan[], env: Environ, tell: Tell): Promise<void> {
  const path = env['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  try {
    const text = renderMarkdown(result, plans);
    const present = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (present + Buffer.byteLength(text) >= JOB_SUMMARY_BYTES) {
      tell(`the job summary has no room left for ${result.runId}: see its summary.md`);
    } else await appendFile(path, text);
  } catch (error) {
    tell(`the job summary was not written: ${messageOf(error)}`);
  }
}
