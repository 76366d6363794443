// Versions of what takes part in a run: first line of the journal.
import { readFileSync } from 'node:fs';
import type { Runtime } from './runtime/runtime.js';

/** remuster's own version, from its package.json (two folders up from the source, three from dist/). */
export function ownVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        name: string;
        version: string;
      };
      if (name === 'remuster') return version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}

export async function versionsOf(runtime: Runtime): Promise<Readonly<Record<string, string>>> {
  const info = await runtime.info();
  return {
    remuster: ownVersion(),
    node: process.version,
    engine: info.engineVersion,
    cgroup: `v${info.cgroupVersion}`,
  };
}
