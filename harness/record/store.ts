// A run's folder: results/<run-id>/ (DESIGN 12). Saved in three steps, so that a crash in judging loses nothing:
// meta and plans before the run, journals during it, verdict and reports after it.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createReadStream } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { HarnessError, messageOf } from '../core/errors.js';
import type { Plan, VerdictWord } from '../plan/plan.js';
import { JOURNAL_SCHEMA_VERSION, type JournalEvent } from './events.js';
import { unpacked } from './packed-rows.js';

/** What a run knows of itself beside plans and journals: run.json. */
export interface RunMeta {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly scenario: string;
  readonly file: string;
  /** File of `--load`, as given. */
  readonly loadFile?: string;
  /** Only some environments of the scenario were asked for: those that are here. */
  readonly isSelection?: true;
  /** What was tested, in its users' words (--release); a run can be found by it. */
  readonly release?: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly environments: readonly string[];
  readonly leftBehind: readonly string[];
  /** Why the results are not whole on disk, if they are not. */
  readonly unwritable: string | null;
}

export interface EnvironmentFolder {
  readonly name: string;
  readonly path: string;
  readonly planFile: string;
  readonly journalFile: string;
  readonly undoFile: string;
  readonly logsFolder: string;
}

export class RunFolder {
  private constructor(
    readonly root: string,
    readonly path: string,
  ) {}

  /** Makes results/<run-id>; throws `results-unwritable` when it cannot be made. */
  static create(root: string, runId: string): RunFolder {
    const folder = new RunFolder(root, join(root, runId));
    return writing(folder.path, () => {
      mkdirSync(join(folder.path, 'environments'), { recursive: true });
      return folder;
    });
  }

  /** That of a run which is taken up again. */
  static of(root: string, runId: string): RunFolder {
    return new RunFolder(root, join(root, runId));
  }

  saveMeta(meta: RunMeta): void {
    writing(this.path, () => writeFileSync(join(this.path, 'run.json'), JSON.stringify(meta, null, 2) + '\n'));
  }

  /** Makes the folder of an environment and writes its plan. */
  environment(plan: Plan): EnvironmentFolder {
    const folder = environmentFolder(this.path, plan.environment.name);
    return writing(folder.path, () => {
      mkdirSync(folder.logsFolder, { recursive: true });
      writeFileSync(folder.planFile, JSON.stringify(plan, null, 2) + '\n');
      return folder;
    });
  }

  /** Points results/latest here and adds a line to the index. */
  publish(line: {
    readonly runId: string;
    readonly scenario: string;
    readonly verdict: VerdictWord;
    readonly exitCode: number;
  }): void {
    writing(this.root, () => {
      const link = join(this.root, 'latest');
      const next = join(this.root, `.latest-${basename(this.path)}`);
      rmSync(next, { force: true });
      symlinkSync(basename(this.path), next);
      renameSync(next, link);
      appendFileSync(join(this.root, 'index.ndjson'), JSON.stringify(line) + '\n');
    });
  }
}

function environmentFolder(runPath: string, name: string): EnvironmentFolder {
  const path = join(runPath, 'environments', name);
  return {
    name,
    path,
    planFile: join(path, 'plan.json'),
    journalFile: join(path, 'events.ndjson'),
    undoFile: join(path, 'undo.ndjson'),
    logsFolder: join(path, 'logs'),
  };
}

/** The undo ledgers of a run, one an environment; none where the run is not stored here. */
export function undoFilesOf(root: string, runId: string): readonly string[] {
  const folder = join(root, runId, 'environments');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => environmentFolder(join(root, runId), name).undoFile)
    .filter((file) => existsSync(file));
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new HarnessError('results-unwritable', `results cannot be written to ${path}: ${messageOf(error)}`, {
      hint: 'free some space or choose another folder with --out',
      cause: error,
    });
  }
}

export interface StoredEnvironment {
  readonly name: string;
  readonly plan: Plan;
  readonly folder: EnvironmentFolder;
  /** The journal, line by line. Damaged lines are skipped and handed to `onDamaged`. */
  events(onDamaged?: (lineNumber: number) => void): AsyncIterable<JournalEvent>;
}

export interface StoredRun {
  readonly path: string;
  readonly meta: RunMeta;
  readonly environments: readonly StoredEnvironment[];
}

/** Opens a stored run: a folder, or the id of a run below `root`. Throws `invalid` when there is none. */
export function openRun(run: string, root = 'results'): StoredRun {
  const path = [run, join(root, run)].map((each) => resolve(each)).find((each) => existsSync(join(each, 'run.json')));
  if (path === undefined) {
    const known = existsSync(root) ? readdirSync(root).filter((name) => existsSync(join(root, name, 'run.json'))) : [];
    throw new HarnessError('invalid', `${run}: there is no stored run`, {
      hint: known.length > 0 ? `known: ${known.slice(-5).join(', ')}` : `${root}/ holds no runs yet`,
    });
  }
  const meta = readJson(join(path, 'run.json')) as RunMeta;
  if ((meta.schemaVersion as number) !== 1) {
    throw new HarnessError(
      'invalid',
      `${path} was written with schema ${String(meta.schemaVersion)}; this version reads 1`,
    );
  }
  return {
    path,
    meta,
    environments: meta.environments
      .filter((name) => existsSync(environmentFolder(path, name).planFile))
      .map((name) => storedEnvironment(path, name)),
  };
}

function storedEnvironment(runPath: string, name: string): StoredEnvironment {
  const folder = environmentFolder(runPath, name);
  return {
    name,
    folder,
    plan: readJson(folder.planFile) as Plan,
    events: (onDamaged) => readJournal(folder.journalFile, onDamaged),
  };
}

/** The journal of an environment in a run's folder; empty where there is none. */
export function journalIn(runPath: string, environment: string): AsyncIterable<JournalEvent> {
  return readJournal(environmentFolder(runPath, environment).journalFile);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new HarnessError('invalid', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function* readJournal(path: string, onDamaged?: (lineNumber: number) => void): AsyncIterable<JournalEvent> {
  if (!existsSync(path)) return;
  let lineNumber = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    lineNumber += 1;
    const event = parseEvent(line);
    if (event === undefined) {
      if (line !== '') onDamaged?.(lineNumber);
      continue;
    }
    if (event.kind === 'header' && event.schemaVersion !== JOURNAL_SCHEMA_VERSION) {
      throw new HarnessError(
        'invalid',
        `${path} has journal schema ${event.schemaVersion}; this version reads ${JOURNAL_SCHEMA_VERSION}`,
      );
    }
    yield event;
  }
}

function parseEvent(line: string): JournalEvent | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && 'kind' in value && 'atMs' in value
      ? unpacked(value as JournalEvent)
      : undefined;
  } catch {
    return undefined;
  }
}
