// One build: the context goes to the engine, its output comes back as progress or, on failure, as the reason.
// ensure.ts decides what is built.
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

/** Engine API, "Build an image": a stream of JSON objects. */
interface BuildEvent {
  readonly stream?: string;
  readonly error?: string;
}

export async function buildImage(docker: Dockerode, name: ImageName, options: BuildOptions): Promise<void> {
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
    const archive = Readable.from([await contextArchive(contextOf(name))]);
    const stream = await docker.buildImage(archive, {
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
    throw buildFailed(name, error, said);
  } finally {
    clearInterval(beat);
  }
  progress(`built image ${name} in ${took()}`);
}

function followed(docker: Dockerode, stream: NodeJS.ReadableStream, said: string[]): Promise<void> {
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

function buildFailed(name: ImageName, error: unknown, said: readonly string[]): HarnessError {
  const text = `${said.join('\n')}\n${messageOf(error)}`;
  const certificate = /certificate|SSL_connect|x509/i.test(text);
  return new HarnessError('build-failed', `image ${name} could not be built: ${messageOf(error).trim()}`, {
    evidence: said.slice(-5).join(' | '),
    hint: certificate
      ? 'a proxy that inspects TLS? Put its certificate authority into /usr/local/share/ca-certificates/*.crt: it then goes into the build'
      : 'is there a way to the package mirrors? remuster doctor shows what goes into builds',
    cause: error,
  });
}

function plain(text: string): string {
  // The builder colours what went to standard error.
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}
