// `remuster parity`: every difference between two environments that reaches a process, those first that a known trap speaks
// of. Needs no run; compares with a snapshot of a production host too. Exit 99 when there are differences.
import type { Command } from 'commander';
import { EXIT, HarnessError } from '../core/errors.js';
import { compare, type Comparison, type Side } from '../parity/compare.js';
import { reachOf } from '../parity/reach.js';
import { comparisonText } from '../parity/text.js';
import type { Plan } from '../plan/plan.js';
import { brokenRules } from '../rules/index.js';
import { assemble } from '../tier/assembly.js';
import { environmentNamed } from './environments-wanted.js';
import type { CommandIo } from './io.js';
import { problemData } from './lint.js';
import { loadPlans } from './load-plans.js';
import { ruleFacts } from './rule-facts.js';

interface Flags {
  readonly of: string;
  readonly with: string;
  readonly text?: true;
  readonly json?: true;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('parity')
    .summary('show what differs between two environments, most dangerous first')
    .description(
      'Lists every difference between two environments of a scenario that reaches a process: supervisor, parameters, argv, environment, limits, unit or pill; known traps first, with the scenario that shows them happen. Boots nothing unless told so. Exit 99 when there are differences, 0 when there are none.',
    )
    .argument('<scenario>', 'scenario file: .ts, .js, .yaml or .json')
    .requiredOption('--of <environment>', 'the environment in question, for example release')
    .requiredOption('--with <environment>', 'what to compare it with, for example production')
    .option('--text', 'print unit, pill and configuration texts line by line')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ remuster parity scenarios/supervisor-swap.ts --of release --with production')
    .action(async (file: string, flags: Flags) => {
      const plans = await loadPlans(file, {}, { ...io, env: {} });
      const of = environmentNamed(plans, flags.of, '--of');
      const other = environmentNamed(plans, flags.with, '--with');
      if (of === other) {
        throw new HarnessError('invalid', `--of and --with both name "${flags.of}": there is nothing to compare`);
      }
      const comparison = compare(side(of), side(other), (spec) => reachOf(assemble(spec)));
      io.stdout.write(flags.json ? asJson(comparison) : comparisonText(comparison, flags.text === true));
      if (comparison.differences.length > 0) io.exit(EXIT.fail);
    });
}

function side(plan: Plan): Side {
  return { plan, problems: brokenRules(ruleFacts(plan)) };
}

function asJson({ of, with: other, differences, together, inBoth }: Comparison): string {
  const told = differences.map(({ traps, ...rest }) => ({
    ...rest,
    traps: traps.map(({ environment, problem }) => ({ environment, ...problemData(problem) })),
  }));
  const object = { schemaVersion: 1, of, with: other, differences: told, together, inBoth: inBoth.map(problemData) };
  return `${JSON.stringify(object, null, 2)}\n`;
}
