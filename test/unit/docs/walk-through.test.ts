// The walk-through of an added supervisor shows the files as they are in the tree.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

const diff = /^```diff\n([^]*?)^```/m.exec(read('docs/add-a-supervisor.md'))?.[1] ?? '';
const parts = [...diff.matchAll(/^\+\+\+ (\S+)\n@@ ([^\n]*)\n([^]*?)(?=^--- |(?![^]))/gm)].map(
  ([, name = '', place = '', text = '']) => ({ name, place, text }),
);

it('is of a recipe, a supervisor and its line in the map', () => {
  expect(parts.map(({ name }) => name)).toEqual([
    'docker/supervisors/daemontools/Dockerfile',
    'harness/tier/supervisors/daemontools.ts',
    'harness/tier/supervisors/index.ts',
  ]);
});

it.each(parts)('$name', ({ name, place, text }) => {
  const added = text.split('\n').flatMap((line) => (line.startsWith('+') ? [line.slice(1)] : []));
  const lines = read(name).trimEnd().split('\n');
  if (place.startsWith('-0,0')) expect(added).toEqual(lines);
  else expect(lines).toEqual(expect.arrayContaining(added));
});
