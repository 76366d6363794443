// `remuster lint`: what in an environment's settings is a known trap, with the evidence and the scenario that shows it
// happen. Boots nothing; exit 99 when a rule of severity error is broken.
import type { Command } from 'commander';
import { EXIT } from '../core/errors.js';
import { brokenRules, type Broken } from '../rules/index.js';
import { environmentNamed } from './environments-wanted.js';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { plansFrom, withoutOwnVariables } from './load-plans.js';
import { ruleFacts } from './rule-facts.js';
import type { Plan } from '../plan/plan.js';

interface Flags {
  readonly env?: readonly string[];
  readonly json?: true;
}

interface Linted {
  readonly environment: string;
  readonly problems: readonly Broken[];
  /** Of what the nodes ran before the deployment, where the deployed settings do not have them too. */
  readonly before: readonly Broken[];
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('lint')
    .summary('find known traps in the settings of a scenario')
    .description(
      'Holds the settings of each environment against the known restart traps: what happens, at which setting, what the fix is, and the scenario that shows it. Boots nothing. Exit 99 when a setting is an error, 0 when there are none or only warnings.',
    )
    .argument('[scenario]', 'scenario file: .ts, .js, .yaml or .json; default: remuster.yaml here')
    .option(
      '--env <name>',
      'only this environment (may be repeated)',
      (name: string, all: readonly string[] | undefined) => [...(all ?? []), name],
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ remuster lint scenarios/supervisor-swap.ts')
    .action(async (named: string | undefined, flags: Flags) => {
      const file = scenarioOr(named, io);
      const plans = await plansFrom(file, {}, withoutOwnVariables(io));
      const wanted = flags.env?.map((name) => environmentNamed(plans, name, '--env')) ?? plans;
      const linted = wanted.map(lintOf);
      const errors = linted.flatMap(({ problems }) => problems).filter(({ rule }) => rule.severity === 'error');
      io.stdout.write(flags.json ? asJson(linted) : linted.map(asText).join(''));
      if (errors.length > 0) io.exit(EXIT.fail);
    });
}

function lintOf(plan: Plan): Linted {
  const { name, deployedOver } = plan.environment;
  const problems = brokenRules(ruleFacts(plan));
  const before = deployedOver ? brokenRules(ruleFacts(plan, deployedOver.from)) : [];
  return {
    environment: name,
    problems,
    before: before.filter(({ rule }) => !problems.some((problem) => problem.rule.name === rule.name)),
  };
}

function asText({ environment, problems, before }: Linted): string {
  if (problems.length + before.length === 0) return `${environment}: no known trap\n`;
  return `${environment}:\n${problems.map((each) => problemText(each, '')).join('')}${before
    .map((each) => problemText(each, ', before the deployment'))
    .join('')}`;
}

/** Four lines of a problem, as `parity` shows them too. */
export function problemText({ rule, setting, value, sentence, fix }: Broken, when: string): string {
  return [
    `  ${rule.severity}  ${setting} ${value}${when}   ${rule.name} (${rule.trap})`,
    `    ${sentence}`,
    `    fix: ${fix}`,
    `    seen: ${rule.evidence}`,
    `    show me: remuster run ${rule.scenario}`,
    '',
  ].join('\n');
}

/** A problem as plain data. */
export function problemData({ rule, setting, value, sentence, fix }: Broken): Readonly<Record<string, string>> {
  const { name, trap, severity, evidence, scenario } = rule;
  return { rule: name, trap, severity, setting, value, sentence, fix, evidence, scenario };
}

function asJson(linted: readonly Linted[]): string {
  const environments = linted.map(({ environment, problems, before }) => ({
    environment,
    problems: problems.map(problemData),
    beforeDeployment: before.map(problemData),
  }));
  return `${JSON.stringify({ schemaVersion: 1, environments }, null, 2)}\n`;
}
