// The images that can be built: the folder of each and the image that it stands on. A new one is a folder and a line.
import type { ImageName } from '../runtime/runtime.js';

export interface ImageRecipe {
  /** Build context, from the package's root. */
  readonly folder: string;
  readonly parent: ImageName | null;
}

export const IMAGES: Readonly<Record<ImageName, ImageRecipe>> = {
  base: { folder: 'docker/base', parent: null },
  'node-ruby': { folder: 'docker/nodes/ruby', parent: 'base' },
  'balancer-haproxy': { folder: 'docker/balancers/haproxy', parent: 'base' },
};

/** An image with all that it stands on, the lowest first. */
export function chainOf(name: ImageName): readonly ImageName[] {
  const { parent } = IMAGES[name];
  return parent === null ? [name] : [...chainOf(parent), name];
}
