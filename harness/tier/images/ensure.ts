// Makes sure that an image exists: by its key, building what is missing from the lowest link up. The runtime's ensureImage.
import type Dockerode from 'dockerode';
import type { ImageName } from '../runtime/runtime.js';
import { buildImage } from './build.js';
import { withLock } from './build-lock.js';
import { keyOf } from './context.js';
import { tagOf } from './key.js';
import { ensureOrigin, findOrigin, hasMmdebstrap, imageExists } from './origin.js';
import { allImages, recipeOf } from './recipes.js';

type Progress = (line: string) => void;

/** Builds under way in this process: two environments that need the same image wait for one build. */
const underWay = new Map<string, Promise<string>>();

export async function ensureImage(
  docker: Dockerode,
  name: ImageName,
  progress: Progress,
  signal?: AbortSignal,
): Promise<string> {
  const tag = tagOf(name, keyOf(name));
  // The image alone is enough: one that was brought here by `docker load` needs none of its parents.
  if (await imageExists(docker, tag)) return tag;
  const running = underWay.get(tag);
  if (running) return running;
  const work = buildOnce(docker, name, tag, progress, signal).finally(() => underWay.delete(tag));
  underWay.set(tag, work);
  return work;
}

function buildOnce(
  docker: Dockerode,
  name: ImageName,
  tag: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<string> {
  const onWait = (): void => progress(`another remuster builds image ${name}; waiting for it`);
  return withLock({ name: `image-${tag}`, onWait, signal }, async () => {
    if (await imageExists(docker, tag)) return tag;
    const { parent } = recipeOf(name);
    const buildArguments =
      parent === null
        ? { ORIGIN: await ensureOrigin(docker, progress, signal) }
        : { BASE: await ensureImage(docker, parent, progress, signal) };
    await buildImage(docker, name, { tag, buildArguments, progress, signal });
    return tag;
  });
}

/** True when the base has to be built, no registry answers and mmdebstrap is not here: the bootstrap then installs it. */
export async function baseNeedsMmdebstrap(docker: Dockerode, progress: Progress): Promise<boolean> {
  if (hasMmdebstrap()) return false;
  const missing = await Promise.all(
    allImages().map(async (name) => !(await imageExists(docker, tagOf(name, keyOf(name))))),
  );
  if (!missing.includes(true) || (await imageExists(docker, tagOf('base', keyOf('base'))))) return false;
  return (await findOrigin(docker, progress)) === undefined;
}
