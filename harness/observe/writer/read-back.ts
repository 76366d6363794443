// Asks a node for what it still has of the writes: on fresh connections, until it answers or the time is over.
import { get } from 'node:http';
import { monotonicMs, sleep } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { LoadTarget } from '../../load/engine.js';
import type { ReadRequest } from '../../plan/load-plan.js';
import { foundOf, idOf, numbersIn, type Found } from './written.js';

const AGAIN_AFTER_MS = 250;
const ANSWER_WITHIN_MS = 5_000;
/** Of writes that are asked for one by one, so many at a time. */
const AT_ONCE = 8;
/** A list of writes is longer than a page; this one is nobody's list. */
const LONGEST_BYTES = 256 * 1024 ** 2;

/** `askedMs`: what was acknowledged before then must be there. */
export type ReadBack =
  | { readonly ok: true; readonly askedMs: number; readonly read: Found }
  | { readonly ok: false; readonly evidence: string };

interface Asked {
  readonly name: string;
  /** Writes that were sent. */
  readonly count: number;
  readonly untilMs: number;
}

/** With `{id}` in the path each is asked for by itself; 404 and 410 say that it is gone. */
export function readBack(target: LoadTarget, read: ReadRequest, asked: Asked): Promise<ReadBack> {
  return read.path.includes('{id}') ? readEach(target, read, asked) : readAll(target, read, asked);
}

async function readAll(target: LoadTarget, read: ReadRequest, { name, untilMs }: Asked): Promise<ReadBack> {
  const answer = await answerOf(target, read, false, untilMs);
  if (typeof answer !== 'object') return { ok: false, evidence: answer };
  return { ok: true, askedMs: answer.askedMs, read: foundOf(numbersIn(answer.body, name)) };
}

async function readEach(target: LoadTarget, read: ReadRequest, { name, count, untilMs }: Asked): Promise<ReadBack> {
  const askedMs = monotonicMs();
  const numbers: number[] = [];
  let wrong: string | undefined;
  let next = 0;
  const some = async (): Promise<void> => {
    while (next < count && wrong === undefined) {
      if (monotonicMs() > untilMs) {
        wrong = `only ${next} of ${count} writes could be asked for in time`;
        return;
      }
      const number = next;
      next += 1;
      const path = read.path.replaceAll('{id}', encodeURIComponent(idOf(name, number)));
      const answer = await answerOf(target, { ...read, path }, true, untilMs);
      if (typeof answer !== 'object') wrong ??= answer;
      else if (!answer.isGone) numbers.push(number);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return wrong === undefined ? { ok: true, askedMs, read: foundOf(numbers) } : { ok: false, evidence: wrong };
}

interface Answer {
  readonly askedMs: number;
  readonly body: string;
  readonly isGone: boolean;
}

/** Asks again until it answers or the time is over; a string says how it failed the last time. */
async function answerOf(
  target: LoadTarget,
  read: ReadRequest,
  mayBeGone: boolean,
  untilMs: number,
): Promise<Answer | string> {
  for (;;) {
    const answer = await once(target, read, mayBeGone);
    if (typeof answer === 'object' || monotonicMs() > untilMs) return answer;
    await sleep(AGAIN_AFTER_MS);
  }
}

function once(
  { host, port }: LoadTarget,
  { path, headers }: ReadRequest,
  mayBeGone: boolean,
): Promise<Answer | string> {
  const askedMs = monotonicMs();
  return new Promise((resolve) => {
    const wrong = (error: unknown): void => resolve(`GET ${path}: ${messageOf(error)}`);
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const request = get({ host, port, path, headers, agent: false, signal }, (response) => {
      const { statusCode: status = 0 } = response;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > LONGEST_BYTES) response.destroy(new Error(`an answer of more than ${LONGEST_BYTES} bytes`));
      });
      response.on('error', wrong);
      response.on('end', () => {
        const isGone = mayBeGone && (status === 404 || status === 410);
        if ((status < 200 || status > 299) && !isGone) wrong(new Error(`status ${status}`));
        else resolve({ askedMs, body: Buffer.concat(chunks).toString(), isGone });
      });
    });
    request.on('error', wrong);
  });
}
