// What is waited for while a node boots, and how it is told when it does not come: it answers, and its supervisor says that it
// looks after what answers. Also for each further service of a node.
import { get } from 'node:http';
import { monotonicMs, waitFor, type Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { detectSupervisor } from './detect.js';
import type { Node } from './plugins.js';
import { listensOf } from './service.js';

const ASK_SUPERVISOR_EVERY_MS = 3_000;
/** Longer than any supervisor takes to call a server running that answers. */
const LOOKS_AFTER_DEADLINE_MS = 15_000;
const DETECT_DEADLINE_MS = 2_000;
const PROBE_TIMEOUT_MS = 2_000;

/** Waits until it answers its health path. */
export async function answersInTime(node: Node, deadlineMs: number, signal: AbortSignal): Promise<void> {
  await waitFor(answersOrGivenUp(node), {
    what: `${node.name} to answer ${node.service.healthPath}`,
    deadlineMs,
    everyMs: 100,
    signal,
  });
}

/** A smoke check; while it fails, the supervisor is asked now and then: one that has given up need not be waited for. */
function answersOrGivenUp(node: Node): () => Promise<Look<string>> {
  let askMs = monotonicMs() + ASK_SUPERVISOR_EVERY_MS;
  return async () => {
    const look = await smoke(node);
    if (look.done || monotonicMs() < askMs) return look;
    askMs = monotonicMs() + ASK_SUPERVISOR_EVERY_MS;
    await notAbsent(node);
    const { state, word } = await node.supervisor.status(node);
    if (state === 'failed') throw new HarnessError('boot-failed', `${node.supervisor.name} has given up: "${word}"`);
    return look;
  };
}

async function notAbsent(node: Node): Promise<void> {
  const absent = await node.supervisor.absent?.(node);
  if (absent !== undefined) throw new HarnessError('boot-failed', absent);
}

/** Somebody answers (or is meant to run); but is it what the scenario's supervisor looks after? Else every receipt would be about nobody. */
export async function looksAfter(node: Node, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const { state, word, trackedPid } = await node.supervisor.status(node);
    if (state === 'running' && trackedPid !== null) return { done: true, value: true };
    return { done: false, evidence: `it says "${word}"${trackedPid === null ? ' and tracks no process' : ''}` };
  };
  const listens = listensOf(node.service);
  const asked = listens.kind === 'port' ? listens : undefined;
  const detect = async (port: number): Promise<string> => {
    const found = await detectSupervisor(node.container, port, signal, DETECT_DEADLINE_MS);
    const options = Object.entries(found.options).map(
      ([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    );
    return `; what looks after it seems to be { ${[`kind: '${found.kind}'`, ...options].join(', ')} }: ${found.why}`;
  };
  const looked = notAbsent(node).then(() =>
    waitFor(look, {
      what: `${node.supervisor.name} on ${node.name} to say that it runs ${asked ? 'the server, which answers already' : node.service.name}`,
      deadlineMs: LOOKS_AFTER_DEADLINE_MS,
      everyMs: 250,
      signal,
    }),
  );
  await looked.catch(async (error: unknown) => {
    signal.throwIfAborted();
    const instead = asked ? await detect(asked.port).catch((reason: unknown) => `; ${messageOf(reason)}`) : '';
    throw new HarnessError('boot-failed', `${messageOf(error)}${instead}`, { cause: error });
  });
}

/** One request to a node's health path on a fresh connection, as an operator would make it after a deployment. */
export async function smoke(node: Node): Promise<Look<string>> {
  const { host, port } = node.container.reach(node.service.port);
  return new Promise((resolve) => {
    const no = (evidence: string): void => resolve({ done: false, evidence });
    const request = get(
      { host, port, path: node.service.healthPath, agent: false, timeout: PROBE_TIMEOUT_MS },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve({ done: true, value: `answered ${status}` });
        else
          no(`answered ${status}${response.headers.location === undefined ? '' : `, to ${response.headers.location}`}`);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer in ${PROBE_TIMEOUT_MS} ms`)));
    request.on('error', (error) => no(error.message));
  });
}
