// Each negative control has a twin that differs in one line only: what makes the control fail is that line, nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../../scenarios/controls/', import.meta.url);
const controls = readdirSync(folder).filter((name) => !name.includes('-twin.'));

test('there are the ten controls', () => {
  expect(controls).toHaveLength(10);
});

test.each(controls)('%s differs from its twin in one line', (name) => {
  const lines = (file: string) => readFileSync(new URL(file, folder), 'utf8').split('\n');
  const [control, twin] = [lines(name), lines(name.replace('.ts', '-twin.ts'))];
  expect(twin).toHaveLength(control.length);
  expect(control.filter((line, index) => line !== twin[index])).toHaveLength(1);
});
