// `env_file:` of a compose service: variables as they stand there, the later file over the earlier, `environment` over all.
// Compose Specification, services, env_file; read for compose.ts.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ComposeTrouble, type Service, type Tell } from './compose-file.js';

/** `folder`: the compose file's, as it is found from here. */
export function fromEnvFiles(
  { env_file: given = [] }: Service,
  folder: string,
  { compose, environmentName }: Tell,
): Readonly<Record<string, string>> {
  const files = [given].flat().map((each) => (typeof each === 'string' ? { path: each, required: true } : each));
  return files.reduce<Readonly<Record<string, string>>>((all, { path, required }) => {
    try {
      const found = parseEnv(readFileSync(resolve(folder, path), 'utf8')) as Record<string, string>;
      return { ...all, ...found };
    } catch (error) {
      if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return all;
      throw new ComposeTrouble(environmentName, `${compose}: env_file ${path}: ${(error as Error).message}`);
    }
  }, {});
}
