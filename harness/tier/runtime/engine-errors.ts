// What can go wrong between us and the engine, in words with a way out. Used by docker.ts, doctor and the bootstrap.
import { HarnessError, messageOf } from '../../core/errors.js';
import type { Endpoint } from './endpoint.js';

const NO_ANSWER = ['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET'];

/** The engine's own HTTP status, where the error is an answer of the engine's. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Why the engine does not answer, and what can be done about it. */
export function noEngine(error: unknown, endpoint: Endpoint): HarnessError {
  const code = codeOf(error);
  const hint =
    code === 'EACCES' || code === 'EPERM'
      ? 'this user may not use the engine: run as root, or add the user to the group docker and log in again'
      : endpoint.from === 'default socket'
        ? 'install and start Docker (https://docs.docker.com/engine/install), or point DOCKER_HOST to an engine; in a git clone, as root on Debian or Ubuntu, "npm start" does it'
        : `start that engine, or unset ${endpoint.from === 'DOCKER_HOST' ? 'DOCKER_HOST' : 'the docker context (docker context use default)'}`;
  return new HarnessError('cannot-run-here', `no container engine answers at ${endpoint.url} (${endpoint.from})`, {
    hint: `${hint} (remuster doctor looks at the whole machine)`,
    evidence: code === '' ? messageOf(error) : code,
    cause: error,
  });
}

export function isNoAnswer(error: unknown): boolean {
  return statusOf(error) === undefined && NO_ANSWER.includes(codeOf(error));
}

/** Runs an undo; that the thing is gone already, or on its way out, is what was wanted. */
export async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}
