// Asks a node for what it still has of the writes: on fresh connections, until it answers or the time is over.
import { get } from 'node:http';
import { monotonicMs, sleep } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { LoadTarget } from '../../load/engine.js';
import type { ReadRequest } from '../../plan/plan.js';
import { foundOf, idOf, numbersIn, type Found } from './written.js';

const AGAIN_AFTER_MS = 250;
const ANSWER_WITHIN_MS = 5_000;
/** A list of writes is longer than a page; this one is nobody's list. */
const LONGEST_BYTES = 256 * 1024 ** 2;

export type ReadBack = { readonly ok: true; readonly read: Found } | { readonly ok: false; readonly evidence: string };

/** `count`: writes that were sent. With `{id}` in the path each is asked for by itself; 404 and 410 say that it is gone. */
export async function readBack(
  target: LoadTarget,
  read: ReadRequest,
  { name, count, untilMs }: { readonly name: string; readonly count: number; readonly untilMs: number },
): Promise<ReadBack> {
  const isEach = read.path.includes('{id}');
  const numbers: number[] = [];
  for (let nth = 0; nth < (isEach ? count : 1); nth += 1) {
    const path = read.path.replaceAll('{id}', encodeURIComponent(idOf(name, nth)));
    const answer = await asked(target, { ...read, path }, isEach, untilMs);
    if (typeof answer !== 'object') return { ok: false, evidence: answer };
    if (!isEach) numbers.push(...numbersIn(answer.body, name));
    else if (!answer.isGone) numbers.push(nth);
  }
  return { ok: true, read: foundOf(numbers) };
}

interface Answer {
  readonly body: string;
  readonly isGone: boolean;
}

async function asked(
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
        else resolve({ body: Buffer.concat(chunks).toString(), isGone });
      });
    });
    request.on('error', wrong);
  });
}
