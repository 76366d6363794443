// Which folder makes an image, and what it stands on. A new image is a new folder: nothing is listed here.
//   base                  docker/base
//   node-ruby             docker/nodes/ruby              on base
//   node-ruby+systemd     docker/supervisors/systemd     on node-ruby
//   balancer-haproxy      docker/balancers/haproxy       on base
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../core/errors.js';
import type { ImageName } from '../runtime/runtime.js';
import { packageRoot } from './package-root.js';

export interface ImageRecipe {
  /** Build context, from the package's root. */
  readonly folder: string;
  readonly parent: ImageName | null;
}

/** The folder below docker/ of each kind of image that stands on the base. */
const KINDS = { node: 'nodes', balancer: 'balancers', service: 'services' } as const;

/** Throws `internal` for a name without a folder: plug-ins name images, users do not. */
export function recipeOf(name: ImageName): ImageRecipe {
  const recipe = named(name);
  if (recipe && existsSync(join(packageRoot(), recipe.folder, 'Dockerfile'))) return recipe;
  throw new HarnessError(
    'internal',
    `no image is named ${name}${recipe ? `: ${recipe.folder} has no Dockerfile` : ''}`,
  );
}

function named(name: ImageName): ImageRecipe | undefined {
  if (name === 'base') return { folder: 'docker/base', parent: null };
  const plus = name.lastIndexOf('+');
  if (plus > 0) return { folder: `docker/supervisors/${name.slice(plus + 1)}`, parent: name.slice(0, plus) };
  const dash = name.indexOf('-');
  const kind = name.slice(0, dash);
  if (!Object.hasOwn(KINDS, kind)) return undefined;
  return { folder: `docker/${KINDS[kind as keyof typeof KINDS]}/${name.slice(dash + 1)}`, parent: 'base' };
}

/** The image of a node: a server's, with a supervisor installed on top; the server's own where that needs no packages. */
export function nodeImage(server: ImageName, supervisor: string | null): ImageName {
  return supervisor === null ? server : `${server}+${supervisor}`;
}

/** An image with all that it stands on, the lowest first. */
export function chainOf(name: ImageName): readonly ImageName[] {
  const { parent } = recipeOf(name);
  return parent === null ? [name] : [...chainOf(parent), name];
}

/** All images that there can be, every supervisor on every node image. */
export function allImages(): readonly ImageName[] {
  const below = (folder: string): readonly string[] =>
    readdirSync(join(packageRoot(), 'docker', folder), { withFileTypes: true })
      .filter((entry) => existsSync(join(packageRoot(), 'docker', folder, entry.name, 'Dockerfile')))
      .map((entry) => entry.name);
  const supervisors = below('supervisors');
  return [
    'base',
    ...below('nodes').flatMap((node) => [
      `node-${node}`,
      ...supervisors.map((name) => nodeImage(`node-${node}`, name)),
    ]),
    ...below('balancers').map((name) => `balancer-${name}`),
  ];
}
