// Reads a scenario file (.ts, .js, .yaml, .json) and validates it. Whatever is wrong with it ends in one error of code
// `invalid` that lists all of it, each with file, line and column.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { HarnessError, messageOf } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { baseOf, laidOver, takenApart, type FileSource } from './extends.js';
import { importScript } from './import-script.js';
import type { Variables } from './interpolate.js';
import { pathText, shown, wayOut, type Issue } from './issue.js';
import { scanScript } from './script-scanner.js';
import { nearestOffset, positionAt, type ParsedSource, type Position } from './source.js';
import { isRecord } from './validate.js';
import { readJson, readYaml, SyntaxTrouble } from './yaml-source.js';

export const SCENARIO_ENDINGS = ['.ts', '.mts', '.js', '.mjs', '.cjs', '.yaml', '.yml', '.json'] as const;

/** A file that could be read, before anything in it is validated. */
export interface LoadedSource extends FileSource {
  /** Keys that files of this format have beside those of a scenario. */
  readonly ownKeys?: readonly string[];
  /** Made by a program: there are no lines to point at. */
  readonly isInCode?: boolean;
}

/** Of `variables` come those that a file in YAML or JSON names. */
export async function readSource(file: string, cwd: string, variables: Variables): Promise<LoadedSource> {
  return readChain([file], cwd, variables);
}

/** The last of `files`, with everything that it extends; each extends the next one. */
async function readChain(
  files: readonly [string, ...string[]],
  cwd: string,
  variables: Variables,
  who?: string,
): Promise<LoadedSource> {
  const file = files.at(-1) ?? files[0];
  const path = resolve(cwd, file);
  const source = await readOne(file, path, textOf(file, path, who), variables);
  if (source.ownKeys === undefined || !isRecord(source.value)) return source;
  const { base, scenario } = takenApart(source.value);
  const own = { ...source, value: scenario };
  if (base === undefined) return own;
  const place = placeText(file, source.locate(['extends']));
  if (typeof base !== 'string') throw invalid([`${place}  extends: ${shown(base)} is not the path of a scenario file`]);
  const next = baseOf(file, base);
  const circle = files.findIndex((each) => resolve(cwd, each) === resolve(cwd, next));
  if (circle >= 0)
    throw invalid([`${place}  extends: goes in a circle: ${[...files.slice(circle), next].join(' extends ')}`]);
  return { ...own, ...laidOver(own, await readChain([...files, next], cwd, variables, `${place}  extends: ${next}`)) };
}

async function readOne(file: string, path: string, text: string, variables: Variables): Promise<LoadedSource> {
  try {
    return { file, ...(await parse(path, text, variables)) };
  } catch (error) {
    if (!(error instanceof SyntaxTrouble)) throw error;
    throw invalid(error.troubles.map(({ message, at }) => `${placeText(file, at)}  ${message}`));
  }
}

async function parse(path: string, text: string, variables: Variables): Promise<Omit<LoadedSource, 'file'>> {
  switch (extname(path)) {
    case '.yaml':
    case '.yml':
      return { ...readYaml(text, variables), ownKeys: ['extends'] };
    case '.json':
      return { ...readJson(text, variables), ownKeys: ['extends'] };
    default:
      return readScript(path, text);
  }
}

async function readScript(path: string, text: string): Promise<ParsedSource> {
  let value: unknown;
  try {
    value = await importScript(path);
  } catch (error) {
    throw new SyntaxTrouble([thrownBy(path, text, error)]);
  }
  const offsets = scanScript(text);
  return {
    value,
    locate: (keys) => {
      const offset = nearestOffset(offsets, keys);
      return offset === undefined ? undefined : positionAt(text, offset);
    },
  };
}

/** The scenario's own words and its own line: from the compiler's message, from the stack, or by the text of the throw. */
function thrownBy(
  path: string,
  text: string,
  error: unknown,
): { readonly message: string; readonly at: Position | undefined } {
  const message = messageOf(error);
  const compiler = /^Transform failed[^\n]*\n.*?:(\d+):(\d+): ERROR: (.*)/.exec(message);
  if (compiler) {
    return {
      message: `does not compile: ${compiler[3] ?? ''}`,
      at: { line: Number(compiler[1]), column: Number(compiler[2]) + 1 },
    };
  }
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined) {
    const name = basename(missing);
    const offset = [missing, name, name.replace(/\.[^.]*$/, '')]
      .map((each) => text.indexOf(each))
      .find((at) => at >= 0);
    return {
      message: `imports ${missing}, which cannot be found`,
      at: offset === undefined ? undefined : positionAt(text, offset),
    };
  }
  const kind = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return {
    message: `the scenario throws: ${kind}${message}`,
    at: framePosition(path, text, error) ?? saidAt(text, message),
  };
}

/** From the stack; not when it speaks of the compiled text (a source map that was not applied): its columns do not fit. */
function framePosition(path: string, text: string, error: unknown): Position | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = stack.split('\n').find((each) => each.includes(path));
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? [];
  const written = text.split('\n')[Number(line) - 1];
  return written === undefined || Number(column) > written.length + 1
    ? undefined
    : { line: Number(line), column: Number(column) };
}

function saidAt(text: string, message: string): Position | undefined {
  const offset = message === '' ? -1 : text.indexOf(message);
  return offset < 0 ? undefined : positionAt(text, offset);
}

/** `who` is what an error begins with: the file, or the place where it is named. */
function textOf(file: string, path: string, who = file): string {
  if (!(SCENARIO_ENDINGS as readonly string[]).includes(extname(path)) && isFile(path)) {
    throw invalid([`${who}  is not a scenario file; known endings: ${SCENARIO_ENDINGS.join(', ')}`]);
  }
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw invalid([`${who}  there is no such file`, ...besides(path)]);
    if (code === 'EISDIR') throw invalid([`${who}  is a folder; name one of its files`, ...besides(join(path, 'x'))]);
    throw invalid([`${who}  cannot be read: ${messageOf(error)}`]);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Scenario files in the folder where it was looked for. */
function besides(path: string): readonly string[] {
  try {
    const folder = dirname(path);
    const names = readdirSync(folder).filter((name) => (SCENARIO_ENDINGS as readonly string[]).includes(extname(name)));
    if (names.length === 0) return [];
    const nearest = nearestName(basename(path), names);
    return [
      `  in that folder: ${names.sort().slice(0, 20).join(', ')}${nearest ? `     did you mean ${nearest}?` : ''}`,
    ];
  } catch {
    return [`  the folder ${dirname(path)} does not exist either`];
  }
}

/** The scenario with the load of another file (`--load`) in the place of its own; each issue points into its own file. */
export function withLoadOf(scenario: LoadedSource, other: LoadedSource): LoadedSource {
  if (!isRecord(other.value) || !isRecord(other.value['load']))
    throw invalid([
      `${other.file}:1:1  has no load; a file for --load has \`load\` as in a scenario, and nothing else`,
    ]);
  const odd = Object.keys(other.value).find((key) => key !== 'load');
  if (odd !== undefined)
    throw invalidScenario(other, [{ path: [odd], message: 'is not taken from a file for --load; only `load` is' }]);
  if (!isRecord(scenario.value)) return scenario;
  return {
    file: scenario.file,
    value: { ...scenario.value, load: other.value['load'] },
    interpolated: [...(scenario.interpolated ?? []), ...(other.interpolated ?? [])],
    locate: (path) => {
      if (path[0] !== 'load') return scenario.locate(path);
      const at = other.locate(path);
      return at && { ...at, file: other.file };
    },
  };
}

/** All issues as lines, in the order of the file. */
export function invalidScenario(source: LoadedSource, issues: readonly Issue[]): HarnessError {
  const placed = issues.map((issue) => ({
    issue,
    at: source.locate(issue.at ?? issue.path) ?? { line: 1, column: 1 },
  }));
  placed.sort(
    ({ at: left }, { at: right }) =>
      (left.file ?? '').localeCompare(right.file ?? '') || left.line - right.line || left.column - right.column,
  );
  return invalid(
    placed.flatMap(({ issue, at }) => {
      const path = issue.path.length === 0 ? '' : `${pathText(issue.path)}: `;
      const way = wayOut(withOwnKeys(issue, source));
      return [
        `${placeText(source.file, source.isInCode ? undefined : at)}  ${path}${issue.message}`,
        ...(way === undefined ? [] : [`  ${way}`]),
      ];
    }),
  );
}

/** A key of the file itself may have been meant. */
function withOwnKeys(issue: Issue, { ownKeys = [] }: LoadedSource): Issue {
  if (issue.path.length !== 1 || issue.found !== issue.path[0] || !issue.known) return issue;
  return { ...issue, known: [...issue.known, ...ownKeys] };
}

function placeText(file: string, at: Position | undefined): string {
  return at === undefined ? file : `${at.file ?? file}:${String(at.line)}:${String(at.column)}`;
}

function invalid(lines: readonly string[]): HarnessError {
  return new HarnessError('invalid', lines.join('\n'));
}
