// remuster.config: defaults of the scenarios in and below its folder. The nearest one above the working folder counts.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { judgedTyped, type Variables } from './interpolate.js';
import { fromZod } from './issue.js';
import { invalidScenario, readSource } from './load.js';
import { config as schema, type Config } from './schema.js';

const NAMES = ['ts', 'mts', 'js', 'mjs', 'yaml', 'yml', 'json'].map((ending) => `remuster.config.${ending}`);

/** The configuration for `cwd`; empty where there is none. */
export async function loadConfig(cwd: string, variables: Variables): Promise<Config> {
  const path = findConfig(cwd);
  if (path === undefined) return {};
  const source = await readSource(relative(cwd, path), cwd, variables);
  const { data, issues } = judgedTyped(source.value ?? {}, source.interpolated ?? [], (value) => {
    const parsed = schema.safeParse(value, { reportInput: true });
    return { data: parsed.data, issues: parsed.success ? [] : fromZod(parsed.error, schema) };
  });
  if (data === undefined) throw invalidScenario(source, issues);
  return data;
}

function findConfig(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const name = NAMES.find((each) => existsSync(join(folder, each)));
    if (name !== undefined) return join(folder, name);
    if (folder === dirname(folder)) return undefined;
  }
}
