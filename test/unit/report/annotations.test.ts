// What GitHub shows beside the scenario: the right line, and no word of a tier that could be taken for a command.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { annotations } from '../../../harness/report/annotations.js';
import { environment, flagship } from './flagship.js';

const repository = mkdtempSync(join(tmpdir(), 'remuster-annotations-'));
const IN_ACTIONS = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: repository };

function annotated(file: string, lines: readonly string[], env: Readonly<Record<string, string>> = IN_ACTIONS): string {
  writeFileSync(join(repository, file), lines.join('\n'));
  const summary = 'production: FAIL. 50 % of it,\nand more: ::error::no';
  const lost = environment('production', { verdict: 'fail', asExpected: false, summary });
  return annotations({ ...flagship, file, environments: [environment('release'), lost] }, repository, env);
}

describe('annotations', () => {
  it.each([
    ['s.yaml', ['name: production', 'environments:', '  release: {}', '  production:', '    server: puma'], 4],
    ['s.ts', ["name: 'x',", 'environments: {', '  release: tier,', "  'production': tier,", '}'], 4],
    ['s.json', ['{', '"environments": {', '  "production": {}', '}}'], 3],
  ])('of %s name the line of the environment', (file, lines, line) => {
    expect(annotated(file, lines)).toBe(
      `::error file=${file},line=${line},title=production%3A fail::FAIL. 50 %25 of it, and more: ::error::no\n`,
    );
  });

  it('name the file only where the environment is made elsewhere', () => {
    expect(annotated('made.ts', ['export default build()'])).toMatch(/^::error file=made\.ts,title=/);
  });

  it('are for GitHub Actions only', () => {
    expect(annotated('s.yaml', [], {})).toBe('');
  });
});
