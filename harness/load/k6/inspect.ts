// Before anything boots: does k6 take the user's script? Its first lines run, no load is made.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../../core/errors.js';
import type { LoadPlan } from '../../plan/load-plan.js';
import { k6Environment, targetArguments } from './process.js';
import { ownScript } from './script.js';

const DEADLINE_MS = 30_000;
/** No request is made: a script only reads it. Port 9 is for what is thrown away (RFC 863). */
const NOWHERE = { host: '127.0.0.1', port: 9 };

/** Throws `invalid` with k6's own words. */
export async function inspectScript(k6: string, plan: LoadPlan, script: string, signal: AbortSignal): Promise<void> {
  if (!statSync(script, { throwIfNoEntry: false })?.isFile())
    throw new HarnessError('invalid', `load.engine.script: there is no file ${script}`, {
      hint: 'its path is read from the folder of the scenario',
    });
  const child = spawn(k6, ['inspect', '--log-format', 'json', ...targetArguments(NOWHERE), '-'], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: k6Environment(process.env, NOWHERE.host),
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(ownScript(plan, pathToFileURL(script).href));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, name) => resolve(code === 0 ? '' : `code ${name ?? String(code)}`));
  });
  signal.throwIfAborted();
  if (ended !== '')
    throw new HarnessError('invalid', `load.engine.script: k6 does not take ${script}: ${wordsIn(said)}`, {
      evidence: `k6 inspect ended with ${ended}`,
    });
}

/** The message of the last error in k6's log. */
function wordsIn(log: string): string {
  const lines = log.split('\n').filter((line) => line.includes('"level":"error"'));
  try {
    const { msg } = JSON.parse(lines.at(-1) ?? '') as { readonly msg: string };
    return msg.replaceAll(/\s+/g, ' ').trim();
  } catch {
    return log.trim().split('\n').at(-1) ?? '';
  }
}
