// Every trap that comes along is a scenario of two environments which differ in exactly one setting, says what it teaches and
// what breaks, and has its line in docs/traps.md, as this test writes it.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plansFrom } from '../../../harness/commands/load-plans.js';
import { trapFiles } from '../../../harness/matrix/traps.js';
import { settingDifferences } from '../../../harness/parity/settings.js';
import { ruleFacts } from '../../../harness/commands/rule-facts.js';
import type { Plan } from '../../../harness/plan/plan.js';
import { brokenRules } from '../../../harness/rules/index.js';
import { checks } from '../../../harness/verdict/checks/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const traps = trapFiles(root).map(({ file }) => [basename(file), file] as const);

/** The comment at the head, in one line: `Teaches: ... What breaks: ... The fix: ...`, or near it. */
function headOf(file: string): string {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const lines = text.slice(0, text.indexOf('\nimport ')).split('\n');
  return lines.map((line) => line.replace(/^\/\/ /, '')).join(' ');
}

const rulesOf = (plan: Plan): readonly string[] => [
  ...new Set(brokenRules(ruleFacts(plan)).map(({ rule }) => rule.name)),
];

test.each(traps)('%s is one setting, broken and fixed', async (name, file) => {
  const [broken, fixed, ...more] = await plansFrom(file, {}, { env: {}, cwd: root });
  expect([broken.environment.name, fixed?.environment.name, more.length]).toEqual(['broken', 'fixed', 0]);
  expect(settingDifferences(broken, fixed!)).toHaveLength(1);
  expect(broken.environment.expect).toMatchObject({ verdict: 'fail', findings: [expect.any(String)] });
  for (const finding of broken.environment.expect?.findings ?? []) expect(Object.keys(checks)).toContain(finding);
  expect(fixed!.environment.expect).toMatchObject({ verdict: 'pass' });
  expect(name).toMatch(/^T\d\d-[a-z0-9-]+\.ts$/);
  expect(broken.summary).toMatch(/\.$/);
});

test.each(traps)('%s opens with what it teaches and what breaks', (_name, file) => {
  expect(readFileSync(`${root}/${file}`, 'utf8')).toMatch(/^(\/\/ .+\n){3}import/);
  expect(headOf(file)).toMatch(/\bbreaks\b/);
});

test.each(traps)('docs/traps.md has the line of %s', async (name, file) => {
  const [broken, fixed] = await plansFrom(file, {}, { env: {}, cwd: root });
  const findings = broken.environment.expect?.findings.map((finding) => `\`${finding}\``).join(', ') ?? '';
  const breaks = /What breaks: (.+)\. The fix(?::| is) /.exec(headOf(file))?.[1] ?? findings;
  const summary = broken.summary?.replace(/^T\d\d: /, '') ?? '';
  const inFixed = rulesOf(fixed!);
  const line = [
    `- **${name.slice(0, 3)}** [${name.slice(4, -3)}](../${file}): ${summary} Breaks ${breaks}.`,
    ...rulesOf(broken)
      .filter((rule) => !inFixed.includes(rule))
      .map((rule) => ` Rule \`${rule}\`.`),
  ].join('');
  expect(readFileSync(`${root}/docs/traps.md`, 'utf8').split('\n')).toContain(line);
});
