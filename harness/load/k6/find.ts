// Where k6 is: REMUSTER_K6, else the first one on the PATH. It is the user's own program, run as a process of its own.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { HarnessError, messageOf } from '../../core/errors.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface FoundK6 {
  readonly path: string;
  readonly version: string;
}

/** ES modules as they are written came with it, and a promise that scripts keep on working. */
const LEAST_MAJOR = 1;
/** The program is 50 MB: the first start after a boot reads it from the disk. */
const VERSION_DEADLINE_MS = 20_000;

export const HOW_TO_GET_K6 =
  'install it (https://grafana.com/docs/k6/latest/set-up/install-k6/) so that it is on the PATH, or set REMUSTER_K6 to the path of the program';

const run = promisify(execFile);

/** Throws `cannot-run-here` when there is none, or none that can be used. */
export async function findK6(env: Env, signal: AbortSignal): Promise<FoundK6> {
  const path = await pathOf(env);
  let said: string;
  try {
    said = (await run(path, ['version'], { timeout: VERSION_DEADLINE_MS, signal })).stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw unusable(`${path} does not say its version: ${messageOf(error).split('\n')[0] ?? ''}`);
  }
  const [, version, major] = /\bk6(?:\.exe)? v((\d+)\.\d+\.\d+\S*)/.exec(said) ?? [];
  if (version === undefined)
    throw unusable(`${path} is not k6: its version reads ${JSON.stringify(said.slice(0, 60))}`);
  if (Number(major) < LEAST_MAJOR) throw unusable(`${path} is k6 ${version}; ${LEAST_MAJOR}.0 or later is needed`);
  return { path, version };
}

async function pathOf(env: Env): Promise<string> {
  const named = env['REMUSTER_K6'];
  if (named !== undefined && named !== '') {
    if (await isProgram(named)) return named;
    throw unusable(`REMUSTER_K6 is ${named}, which is not a program that can be run`);
  }
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((each) => each !== '')) {
    const path = join(folder, 'k6');
    if (await isProgram(path)) return path;
  }
  throw unusable('k6 was not found: it is not on the PATH, and REMUSTER_K6 is not set');
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function unusable(what: string): HarnessError {
  return new HarnessError('cannot-run-here', what, { hint: HOW_TO_GET_K6 });
}
