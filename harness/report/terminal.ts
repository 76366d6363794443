// The summary at the end of a run: verdict first, then why, then what to do next. A pure function of result and plans;
// the width and the colours are parameters, so that it reads the same in a test as on a screen.
import { formatMs } from '../core/units.js';
import type { Plan } from '../plan/plan.js';
import type { EnvironmentResult, RunResult } from '../verdict/model.js';
import { inkFor, toned, type Environ, type Ink } from './colors.js';
import { exitWords } from './exit-words.js';
import {
  expectationWords,
  failedWords,
  generatorNotes,
  generatorWords,
  hadTotalOutage,
  isPlainPass,
  peakLoadWords,
  repeatCommand,
  restartsWords,
  slowestWords,
  totalDurationMs,
} from './facts.js';
import { soakLines } from './soak-words.js';
import { columnsWithin } from './table.js';
import { environmentSection } from './terminal-environment.js';
import { clean, counted, hanging, packed, wrap } from './text.js';
import { unjudgedWords } from './window-tables.js';

export interface TerminalOptions {
  /** Columns of the screen; undefined for a pipe or a file. */
  readonly columns?: number | undefined;
  readonly isTTY?: boolean | undefined;
  /** For NO_COLOR, FORCE_COLOR, TERM and CI. */
  readonly env?: Environ;
  readonly plans: readonly Plan[];
  /** The run's folder as the reader can type it; results/<run id> unless told. */
  readonly folder?: string;
  /** What went wrong in reporting itself: a reporter that failed, a damaged journal. */
  readonly notes?: readonly string[];
}

/** A pipe has no width of its own; CI logs and mails wrap at about this. */
const PIPE_COLUMNS = 100;
/** Lines are never longer than the screen, and never wider than people like to read. */
const READABLE = 132;

export function renderTerminal(result: RunResult, options: TerminalOptions): string {
  const { plans } = options;
  const ink = inkFor({ isTTY: options.isTTY }, options.env ?? {});
  const width = Math.max(30, Math.min(options.columns ?? PIPE_COLUMNS, READABLE));
  const notable = result.environments.filter((environment) => !isPlainPass(environment));
  const lines = [
    ...packed(headline(result, plans), width, '').map((line) => ink.bold(line)),
    '',
    ...columnsWithin(
      result.environments.map((environment) => environmentRow(environment, ink)),
      width,
      2,
    ),
    ...soakSection(result, width, ink),
    ...notable.flatMap((environment) => ['', ...environmentSection(environment, result, plans, width, ink)]),
    '',
    ...footer(result, width, ink, options),
  ];
  return lines.map((line) => line.trimEnd()).join('\n') + '\n';
}

function soakSection(result: RunResult, width: number, ink: Ink): string[] {
  const lines = soakLines(result).flatMap(({ head, text, isBad }) =>
    hanging(head.padEnd(9), clean(text), width, isBad ? ink.red : undefined),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

function headline(result: RunResult, plans: readonly Plan[]): string[] {
  const nodes = plans[0]?.nodes.length;
  const load = peakLoadWords(plans);
  return [
    clean(result.scenario),
    `seed ${result.seed}`,
    counted(result.environments.length, 'environment'),
    ...(nodes === undefined ? [] : [counted(nodes, 'node')]),
    ...(load === undefined ? [] : [load]),
    formatMs(totalDurationMs(result)),
  ];
}

function environmentRow(environment: EnvironmentResult, ink: Ink): string[] {
  const expectation = expectationWords(environment);
  return [
    clean(environment.name),
    toned(ink, environment.verdict)(ink.bold(environment.verdict.toUpperCase())),
    environment.asExpected ? expectation : ink.red(expectation),
    restartsWords(environment),
    slowestWords(environment),
    failedWords(environment),
    ...[hadTotalOutage(environment) ? ink.red(ink.bold('TOTAL OUTAGE')) : ''],
    ...[environment.interrupted ? ink.yellow('interrupted') : ''],
  ];
}

function footer(result: RunResult, width: number, ink: Ink, options: TerminalOptions): string[] {
  const folder = options.folder ?? `results/${result.runId}`;
  const reports = result.artifacts.filter((path) => !path.includes('/'));
  const generator = generatorWords(result.environments);
  return [
    ...(options.notes ?? []).flatMap((note) => hanging('note     ', clean(note), width, ink.yellow)),
    ...result.environments
      .map(unjudgedWords)
      .filter((words) => words !== undefined)
      .flatMap((words) => hanging('limits   ', clean(words), width, ink.yellow)),
    ...result.leftBehind.flatMap((what) => hanging('left     ', `${clean(what)}: remuster clean`, width, ink.yellow)),
    ...(generator === undefined ? [] : hanging('load     ', generator, width)),
    ...generatorNotes(result.environments).flatMap((note) => hanging('load     ', clean(note), width, ink.yellow)),
    ...packed([`${folder.replace(/\/+$/, '')}/`, ...reports], width, 'results  '),
    // Never wrapped or cut: it is there to be copied.
    `again    ${repeatCommand(result)}`,
    ...exitLine(result, width, ink),
  ];
}

function exitLine(result: RunResult, width: number, ink: Ink): string[] {
  if (result.soak?.goesOn) return [ink.bold('it goes on: judged so far')];
  const paint = result.exitCode === 0 ? ink.green : result.exitCode === 99 ? ink.red : ink.yellow;
  return wrap(`exit ${result.exitCode}: ${exitWords(result.exitCode)}`, width).map((line) => paint(ink.bold(line)));
}
