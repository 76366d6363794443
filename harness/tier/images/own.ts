// The image of a user's own node: taken as it is, pulled, or built from the user's folder; and what it says of itself.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { HarnessError, messageOf } from '../../core/errors.js';
import type { OwnSource } from '../../plan/node-spec.js';
import { statusOf } from '../runtime/engine-errors.js';
import type { OwnImage } from '../runtime/runtime.js';
import { build, followed } from './build.js';
import { ownContextArchive } from './own-context.js';

type Progress = (line: string) => void;

/** Environments of one run that are alike wait for one build. */
const underWay = new Map<string, Promise<OwnImage>>();

export function ensureOwnImage(
  docker: Dockerode,
  source: OwnSource,
  progress: Progress,
  signal?: AbortSignal,
): Promise<OwnImage> {
  const key = JSON.stringify(source);
  const running = underWay.get(key);
  if (running) return running;
  const work = ensure(docker, source, progress, signal).finally(() => underWay.delete(key));
  underWay.set(key, work);
  return work;
}

async function ensure(
  docker: Dockerode,
  source: OwnSource,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<OwnImage> {
  const tag = source.kind === 'image' ? source.image : await buildOwn(docker, source, progress, signal);
  if (source.kind === 'image' && !(await inspected(docker, tag))) await pull(docker, tag, progress, signal);
  const image = await inspected(docker, tag);
  if (!image) throw new HarnessError('boot-failed', `image ${tag} is not there`);
  await sameMachine(docker, tag, image);
  const { Entrypoint: entrypoint, Cmd: command } = image.Config;
  return { tag, entrypoint: words(entrypoint), command: words(command) };
}

function words(value: string | string[] | null | undefined): readonly string[] {
  return [value ?? []].flat();
}

async function inspected(docker: Dockerode, tag: string): Promise<Dockerode.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(tag).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** An image for another platform starts, if at all, in an emulator: what it then does tells nothing of the real one. */
async function sameMachine(docker: Dockerode, tag: string, image: Dockerode.ImageInspectInfo): Promise<void> {
  const { Os: os, Arch: architecture } = await docker.version();
  if (image.Os === os && image.Architecture === architecture) return;
  throw new HarnessError('boot-failed', `image ${tag} is for ${image.Os}/${image.Architecture}`, {
    evidence: `the engine runs ${os}/${architecture}`,
    hint: `build or pull it for that: docker pull --platform ${os}/${architecture} ${tag}`,
  });
}

async function pull(
  docker: Dockerode,
  tag: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  progress(`pulling ${tag}`);
  try {
    await followed(docker, await docker.pull(tag, signal ? { abortSignal: signal } : {}), []);
  } catch (error) {
    signal?.throwIfAborted();
    throw new HarnessError('boot-failed', `image ${tag} is not here and could not be pulled`, {
      evidence: messageOf(error).trim(),
      hint: 'is its name right? docker image ls shows what is here; docker load brings one from elsewhere',
      cause: error,
    });
  }
}

/** One tag per folder and arguments: the image of the run before is replaced, and its layers are the engine's cache. */
async function buildOwn(
  docker: Dockerode,
  source: Extract<OwnSource, { kind: 'build' }>,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<string> {
  const folder = resolve(source.folder);
  if (!statSync(join(folder, source.dockerfile), { throwIfNoEntry: false })?.isFile())
    throw new HarnessError('invalid', `there is no ${join(source.folder, source.dockerfile)} to build a node from`, {
      hint: "build names a folder with a Dockerfile, counted from the scenario's own",
    });
  const tag = `remuster-own:${createHash('sha256')
    .update(JSON.stringify({ ...source, folder }))
    .digest('hex')
    .slice(0, 16)}`;
  const before = await inspected(docker, tag);
  await build(docker, {
    name: source.folder,
    archive: Readable.from(ownContextArchive(folder, source.dockerfile)),
    tag,
    buildArguments: source.args,
    request: { dockerfile: source.dockerfile, ...(source.target === undefined ? {} : { target: source.target }) },
    hintOf,
    progress,
    signal,
  });
  const after = await inspected(docker, tag);
  if (before && before.Id !== after?.Id)
    await docker
      .getImage(before.Id)
      .remove()
      .catch(() => undefined); // In use elsewhere.
  return tag;
}

function hintOf(said: string): string {
  return /buildkit/i.test(said)
    ? 'it needs BuildKit: build it with docker build, and give its tag as image'
    : 'docker build in that folder shows the whole of it';
}
