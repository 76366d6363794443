// One command in a container, run to its end: what it wrote and how it ended. Part of the docker runtime.
import type { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import { monotonicMs, sleep } from '../../core/clock.js';
import { HarnessError, messageOf } from '../../core/errors.js';
import { Demultiplexer } from './frames.js';
import type { ExecResult } from './runtime.js';

/** A started daemon may keep the streams open after the command itself has ended: how often to look, and how long to wait. */
const LOOK_EVERY_MS = 500;
const LINGER_MS = 300;
/** The engine closes the streams a moment before it knows the exit code. */
const EXIT_CODE_DEADLINE_MS = 5_000;

/** Of a command that could not be started (the container is just going down), written where the command's own output would be. */
const ENGINES_OWN_WORDS = /^OCI runtime exec failed: /;

export interface ExecOptions {
  readonly user?: string;
  readonly signal?: AbortSignal;
}

export async function execInContainer(
  container: Dockerode.Container,
  name: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  options.signal?.throwIfAborted();
  const exec = await createExec(container, name, argv, { stdin: false, stderr: true, ...options });
  const stream = await exec.start({ hijack: true, stdin: false });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const frames = new Demultiplexer(
    (chunk) => out.push(chunk),
    (chunk) => err.push(chunk),
  );
  stream.on('data', (chunk: Buffer) => frames.push(chunk));
  await ended(exec, stream, options.signal);
  const exitCode = await exitCodeOf(exec, name, argv);
  const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString('utf8')) as [string, string];
  const unstarted = exitCode !== 0 && ENGINES_OWN_WORDS.test(stdout);
  return unstarted ? { exitCode, stdout: '', stderr: `${stdout}${stderr}` } : { exitCode, stdout, stderr };
}

export async function createExec(
  container: Dockerode.Container,
  name: string,
  argv: readonly string[],
  options: { readonly stdin: boolean; readonly stderr: boolean; readonly user?: string },
): Promise<Dockerode.Exec> {
  try {
    return await container.exec({
      Cmd: [...argv],
      AttachStdin: options.stdin,
      AttachStdout: true,
      AttachStderr: options.stderr,
      Tty: false,
      // Not the user of the container's own command, who may see nobody but himself.
      User: options.user ?? '0',
    });
  } catch (error) {
    throw new HarnessError('internal', `cannot run ${argv[0] ?? 'nothing'} in ${name}`, {
      evidence: messageOf(error).trim(),
      cause: error,
    });
  }
}

/** Until the streams are closed, or the command is over and something that it left behind keeps them open. */
async function ended(exec: Dockerode.Exec, stream: Duplex, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  const closed = new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
    stream.once('error', reject);
  });
  const abort = (): void => over.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort(); // While the command was being started.
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(over.signal.reason as Error);
    if (over.signal.aborted) onAbort();
    else over.signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([closed, aborted, lingering(exec, over.signal)]);
  } finally {
    signal?.removeEventListener('abort', abort);
    aborted.catch(() => undefined);
    over.abort(new Error('over'));
    stream.destroy();
  }
}

async function lingering(exec: Dockerode.Exec, signal: AbortSignal): Promise<void> {
  do await sleep(LOOK_EVERY_MS, signal);
  while ((await exec.inspect()).Running);
  await sleep(LINGER_MS, signal);
}

async function exitCodeOf(exec: Dockerode.Exec, name: string, argv: readonly string[]): Promise<number> {
  const startedAt = monotonicMs();
  for (;;) {
    const { Running: running, ExitCode: exitCode } = await exec.inspect();
    if (!running && exitCode !== null) return exitCode;
    if (monotonicMs() - startedAt > EXIT_CODE_DEADLINE_MS)
      throw new HarnessError('internal', `${argv[0] ?? 'a command'} in ${name} closed its streams and did not end`);
    await sleep(20);
  }
}
