// A rule that no scenario proves is not a rule: each one names a scenario of two environments, which differ in exactly one
// setting; the broken one breaks the rule, the fixed one does not, and each says what a run of it must end with.
import { expect, test } from 'vitest';
import type { Plan } from '../../../harness/plan/plan.js';
import { servers } from '../../../harness/tier/servers/index.js';
import * as supervisors from '../../../harness/tier/supervisors/index.js';
import { specOf } from '../../contract/single-node.js';
import { plansFrom } from '../../../harness/commands/load-plans.js';
import { ruleFacts } from '../../../harness/commands/rule-facts.js';
import { settingDifferences } from '../../../harness/parity/settings.js';
import { brokenRules, rules } from '../../../harness/rules/index.js';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const plansOf = (scenario: string) => plansFrom(scenario, {}, { env: {}, cwd: root });

test.each(rules.map((rule) => [rule.name, rule] as const))('%s is proved by its scenario', async (name, rule) => {
  const [broken, fixed, ...more] = await plansOf(rule.scenario);
  expect([broken.environment.name, fixed?.environment.name, more.length]).toEqual(['broken', 'fixed', 0]);
  const names = (plan: typeof broken) => brokenRules(ruleFacts(plan)).map((problem) => problem.rule.name);
  expect(names(broken)).toContain(name);
  expect(names(fixed!)).not.toContain(name);
  expect(settingDifferences(broken, fixed!)).toHaveLength(1);
  expect(broken.environment.expect).toMatchObject({ verdict: 'fail', findings: [expect.any(String)] });
  expect(fixed!.environment.expect).toMatchObject({ verdict: 'pass' });
});

test('the setting that a rule blames is the one in which its scenario differs', async () => {
  for (const rule of rules) {
    const [broken, fixed] = await plansOf(rule.scenario);
    const [problem] = rule.check(ruleFacts(broken));
    expect(problem?.setting, rule.name).toBe(settingDifferences(broken, fixed!)[0]?.path);
  }
});

test('rules have names and traps of their own, and their scenarios open with what they teach', () => {
  for (const key of ['name', 'trap', 'scenario'] as const) {
    expect(new Set(rules.map((rule) => rule[key])).size).toBe(rules.length);
  }
  for (const { scenario } of rules)
    expect(readFileSync(`${root}/${scenario}`, 'utf8')).toMatch(/^(\/\/ .+\n){3}import/);
});

/** It passes because its fault is SIGKILL: a TERM would show what the rule speaks of. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = { 'orphan-serves-twin.ts': ['clean-end-stays-down'] };

test.each(readdirSync(`${root}/scenarios/controls`).filter((name) => name.includes('-twin')))(
  'no rule calls %s, which passes, an error',
  async (name) => {
    for (const plan of await plansOf(`scenarios/controls/${name}`)) {
      const errors = brokenRules(ruleFacts(plan)).filter(({ rule }) => rule.severity === 'error');
      expect(errors.map(({ rule }) => rule.name)).toEqual(ALLOWED[name] ?? []);
    }
  },
);

/** What a supervisor's plug-in suggests to a server keeps both out of these. */
const AVOIDED = ['T01', 'T02', 'T06', 'T07', 'T36'];

test('no supervisor leads a server into a trap where neither was told anything', () => {
  const kinds = <T extends object>(map: T) => Object.keys(map) as (keyof T)[];
  for (const supervisor of kinds(supervisors)) {
    for (const server of kinds(servers).filter((one) => one !== 'own')) {
      const node = specOf({ supervisor: { kind: supervisor }, server: { kind: server } });
      const plan = { rounds: [], environment: { name: 'x', node } } as unknown as Plan;
      const traps = brokenRules(ruleFacts(plan)).map(({ rule }) => rule.trap);
      expect([supervisor, server, ...traps.filter((trap) => AVOIDED.includes(trap))]).toEqual([supervisor, server]);
    }
  }
});
