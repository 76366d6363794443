// One build: the context goes to the engine, its output comes back as progress or, on failure, as the reason.
// ensure.ts decides what of ours is built, own.ts what of the user's.
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { monotonicMs } from '../../core/clock.js';
import { HarnessError, messageOf } from '../../core/errors.js';
import { formatMs } from '../../core/units.js';
import type { ImageName } from '../runtime/runtime.js';
import { contextArchive, contextOf } from './context.js';
import { proxyArguments } from './host-settings.js';

/** A build that takes long says every so often what it is at. */
const SAY_EVERY_MS = 10_000;
const KEPT_LINES = 12;

export interface BuildOptions {
  readonly tag: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

export interface Build extends BuildOptions {
  /** As errors and progress call it. */
  readonly name: string;
  readonly archive: NodeJS.ReadableStream;
  readonly request?: Dockerode.ImageBuildOptions;
  /** The way out, from what the build said. */
  hintOf(said: string): string;
}

/** Engine API, "Build an image": a stream of JSON objects. */
interface BuildEvent {
  readonly stream?: string;
  readonly error?: string;
}

export async function buildImage(docker: Dockerode, name: ImageName, options: BuildOptions): Promise<void> {
  const archive = Readable.from([await contextArchive(contextOf(name))]);
  await build(docker, { ...options, name, archive, hintOf });
}

/** Throws `build-failed` with the last lines of what it said. */
export async function build(docker: Dockerode, { name, archive, request, ...options }: Build): Promise<void> {
  const { tag, progress, signal } = options;
  const startedAt = monotonicMs();
  const took = (): string => formatMs(monotonicMs() - startedAt);
  const said: string[] = [];
  progress(`building image ${name} (${tag})`);
  const beat = setInterval(
    () => progress(`still building ${name} after ${took()}: ${said.at(-1) ?? '...'}`),
    SAY_EVERY_MS,
  );
  try {
    const stream = await docker.buildImage(archive, {
      ...request,
      t: tag,
      buildargs: { ...proxyArguments(process.env), ...options.buildArguments },
      // The host's network, so that a proxy on the host's own loopback works in the build as it does outside.
      networkmode: 'host',
      rm: true,
      forcerm: true,
      ...(signal ? { abortSignal: signal } : {}),
    });
    await followed(docker, stream, said);
  } catch (error) {
    signal?.throwIfAborted();
    throw new HarnessError('build-failed', `image ${name} could not be built: ${messageOf(error).trim()}`, {
      evidence: said.slice(-5).join(' | '),
      hint: options.hintOf(`${said.join('\n')}\n${messageOf(error)}`),
      cause: error,
    });
  } finally {
    clearInterval(beat);
  }
  progress(`built image ${name} in ${took()}`);
}

/** To the end of a build or a pull; `said` keeps the last lines. Rejects with the engine's error. */
export function followed(docker: Dockerode, stream: NodeJS.ReadableStream, said: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const onFinished = (error: Error | null): void => (error ? reject(error) : resolve());
    const onEvent = ({ stream: text, error }: BuildEvent): void => {
      for (const line of plain(text ?? '').split('\n')) if (line.trim() !== '') said.push(line.trim());
      said.splice(0, said.length - KEPT_LINES);
      if (error !== undefined) reject(new Error(error));
    };
    (docker.modem as Dockerode['modem'] & FollowProgress).followProgress(stream, onFinished, onEvent);
  });
}

interface FollowProgress {
  followProgress(
    stream: NodeJS.ReadableStream,
    onFinished: (error: Error | null) => void,
    onEvent: (event: BuildEvent) => void,
  ): void;
}

function hintOf(said: string): string {
  return /certificate|SSL_connect|x509/i.test(said)
    ? 'a proxy that inspects TLS? Put its certificate authority into /usr/local/share/ca-certificates/*.crt: it then goes into the build'
    : 'is there a way to the package mirrors? remuster doctor shows what goes into builds';
}

function plain(text: string): string {
  // The builder colours what went to standard error.
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}
