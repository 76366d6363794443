// What drives a user's own server over a limit: a request to the node itself, or a command in it; again and again until
// the supervisor's policy has acted. Part of policy-restart.
import { get } from 'node:http';
import { z } from 'zod';
import { sleep } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import type { Node } from '../tier/plugins.js';
import { isAsked } from '../tier/service.js';

const AGAIN_AFTER_MS = 250;
const ANSWER_MS = 5_000;

export const trigger = z
  .strictObject({
    /** Path that is asked of the node. */
    request: z
      .string()
      .regex(/^\/\S*$/, { error: 'a path begins with "/" and has no blanks' })
      .optional(),
    /** Command that is run in the node. */
    command: z.array(z.string()).min(1).optional(),
  })
  .refine(({ request, command }) => (request === undefined) !== (command === undefined), {
    error: 'is a request or a command',
  });
export type Trigger = z.infer<typeof trigger>;

/** Pulls it until `isOver`; resolves with what the last one did. */
export async function pullUntil(
  { request, command }: Trigger,
  node: Node,
  isOver: () => boolean,
  abort: AbortSignal,
): Promise<string> {
  let times = 0;
  let last = '';
  while (!isOver() && !abort.aborted) {
    times += 1;
    last = await (command ? run(node, command, abort) : ask(node, request ?? '/', abort)).catch(messageOf);
    await sleep(AGAIN_AFTER_MS, abort).catch(() => undefined);
  }
  return `${command ? command.join(' ') : `GET ${request ?? '/'}`} ${times} times, the last one ${last}`;
}

async function run(node: Node, command: readonly string[], signal: AbortSignal): Promise<string> {
  const { exitCode } = await node.container.exec(command, { signal });
  return `ended with ${exitCode}`;
}

function ask(node: Node, path: string, signal: AbortSignal): Promise<string> {
  if (!isAsked(node.service))
    throw new HarnessError('invalid', `${node.name} cannot be asked from outside of its node`, {
      hint: 'give the trigger a command in the place of the request',
    });
  const { host, port } = node.container.reach(node.service.port);
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false, timeout: ANSWER_MS, signal }, (response) => {
      response.resume();
      resolve(`answered ${response.statusCode ?? 0}`);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${ANSWER_MS} ms`)));
    request.on('error', reject);
  });
}
