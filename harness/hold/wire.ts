// How commands speak to the process that holds a tier: one question per connection over a unix socket, JSON lines. What
// goes on meanwhile comes as lines of text, then one answer or one error.
import { createConnection, createServer, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { HarnessError, messageOf, type ErrorCode } from '../core/errors.js';
import type { Answers, Question } from './questions.js';

type Reply =
  | { readonly line: string }
  | { readonly answer: unknown }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint?: string } };

/** Answers `question`; `tell` sends a line that is shown while it works. */
export type Respond = (question: Question, tell: (line: string) => void, gone: AbortSignal) => Promise<unknown>;

/** Serves until `close`, which lets questions that are being answered get their answers; resolves once it listens. */
export async function serveQuestions(path: string, respond: Respond): Promise<{ close(): void }> {
  const server = createServer((socket) => {
    const gone = new AbortController();
    socket.on('error', () => undefined); // Whoever asked may be killed at any time.
    socket.on('close', () => gone.abort(new HarnessError('interrupted', 'whoever asked has gone')));
    const send = (reply: Reply): void => {
      if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
    };
    linesOf(socket).once('line', (text: string) => {
      void answered(text, (line) => send({ line }), gone.signal, respond).then((reply) => {
        send(reply);
        socket.end();
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return { close: () => void server.close() };
}

/** readline hands the errors of its input on; the socket's own listeners have them already. */
function linesOf(socket: Socket): Interface {
  return createInterface({ input: socket }).on('error', () => undefined);
}

async function answered(
  text: string,
  tell: (line: string) => void,
  gone: AbortSignal,
  respond: Respond,
): Promise<Reply> {
  try {
    return { answer: await respond(JSON.parse(text) as Question, tell, gone) };
  } catch (error) {
    const code = error instanceof HarnessError ? error.code : 'internal';
    const hint = error instanceof HarnessError ? error.hint : undefined;
    return { error: { code, message: messageOf(error), ...(hint === undefined ? {} : { hint }) } };
  }
}

/** Asks the holder at `path`. Rejects with its error, or with `timed-out` where nobody answers. */
export function ask<Q extends Question>(
  path: string,
  question: Q,
  tell: (line: string) => void,
): Promise<Answers[Q['do']]> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const lost = (why: string): void =>
      reject(
        new HarnessError('cannot-run-here', `the process that holds the tier does not answer: ${why}`, {
          hint: 'remuster status says what is known of it; remuster down removes it',
        }),
      );
    socket.on('error', (error) => lost(error.message));
    socket.on('close', () => lost('it has ended'));
    linesOf(socket).on('line', (text: string) => {
      const reply = JSON.parse(text) as Reply;
      if ('line' in reply) tell(reply.line);
      else if ('answer' in reply) resolve(reply.answer as Answers[Q['do']]);
      else {
        const { code, message, hint } = reply.error;
        reject(new HarnessError(code, message, hint === undefined ? {} : { hint }));
      }
    });
    socket.write(`${JSON.stringify(question)}\n`);
  });
}
