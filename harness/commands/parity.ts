// `remuster parity`: every difference between two environments that reaches a process, those first that a known trap speaks
// of. Needs no run; compares with a snapshot of a production host too. Exit 99 when there are differences.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT, HarnessError, messageOf } from '../core/errors.js';
import { compare, type Comparison, type Side } from '../parity/compare.js';
import { compareWithProduction } from '../parity/production.js';
import { supervisorOf } from '../parity/production-supervisor.js';
import { reachOf } from '../parity/reach.js';
import { parseSnapshot, serviceMeant } from '../parity/snapshot-file.js';
import { comparisonText } from '../parity/text.js';
import type { NodeSpec } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import { brokenRules, type Broken } from '../rules/index.js';
import { assemble } from '../tier/assembly.js';
import * as supervisors from '../tier/supervisors/index.js';
import type { Supervisor } from '../tier/plugins.js';
import { environmentNamed } from './environments-wanted.js';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { interruptible } from './interrupts.js';
import { problemData } from './lint.js';
import { compareLive } from './live-nodes.js';
import { plansFrom, withoutOwnVariables } from './load-plans.js';
import { ruleFacts } from './rule-facts.js';

interface Flags {
  readonly of: string;
  readonly with: string;
  readonly text?: true;
  readonly live?: true;
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
    .requiredOption(
      '--with <environment>',
      "another environment, or a file that snapshot's script wrote (snapshot.json)",
    )
    .option('--text', 'print unit, pill and configuration texts line by line')
    .option('--live', 'boot one node of each environment and compare what really runs too')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ remuster parity scenarios/supervisor-swap.ts --of release --with production')
    .action(async (file: string, flags: Flags) => {
      const plans = await plansFrom(scenarioOr(file, io), {}, withoutOwnVariables(io));
      const of = environmentNamed(plans, flags.of, '--of');
      const comparison = flags.with.endsWith('.json')
        ? withSnapshot(of, flags.with, await textOf(flags.with, io.cwd), flags)
        : await withEnvironment(of, environmentNamed(plans, flags.with, '--with'), flags, io);
      io.stdout.write(flags.json ? asJson(comparison) : comparisonText(comparison, flags.text === true));
      if (comparison.differences.length + (comparison.live?.length ?? 0) > 0) io.exit(EXIT.fail);
    });
}

async function withEnvironment(of: Plan, other: Plan, flags: Flags, io: CommandIo): Promise<Comparison> {
  if (of === other) {
    const name = of.environment.name;
    throw new HarnessError('invalid', `--of and --with both name "${name}": there is nothing to compare`);
  }
  const comparison = compare(side(of), side(other), (spec) => reachOf(assemble(spec)));
  if (!flags.live) return comparison;
  const progress = (line: string): void => void io.stderr.write(`${line}\n`);
  return { ...comparison, live: await interruptible((signal) => compareLive(of, other, progress, signal)) };
}

async function textOf(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new HarnessError('invalid', `--with: ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function withSnapshot(of: Plan, file: string, text: string, flags: Flags): Comparison {
  if (flags.live) throw new HarnessError('invalid', '--live boots two environments; a snapshot is no environment');
  const snapshot = parseSnapshot(text, file);
  const { server, supervisor, service } = assemble(of.environment.node);
  const there = serviceMeant(snapshot, file, server.name, service.port);
  const known: Readonly<Record<string, Supervisor>> = supervisors;
  const plugIn = known[there.supervisor.kind];
  const problems = brokenRules(ruleFacts(of));
  const here = {
    name: of.environment.name,
    supervisor: supervisor.name,
    service,
    volatileEnv: [...server.volatileEnv, ...supervisor.volatileEnv, ...(plugIn?.volatileEnv ?? [])],
    problems,
    problemsThere: plugIn ? problemsUnder(plugIn, supervisorOf(there).options, of) : problems,
  };
  return compareWithProduction(here, snapshot, there, file);
}

/** The traps of an environment's server under another supervisor: what its deployment to production would meet. */
function problemsUnder(plugIn: Supervisor, options: unknown, of: Plan): readonly Broken[] {
  const parsed = plugIn.options.safeParse(options);
  const chosen = parsed.success ? parsed.data : plugIn.options.parse({});
  const node: NodeSpec = {
    ...of.environment.node,
    supervisor: { kind: plugIn.name, options: chosen as Readonly<Record<string, unknown>> },
  };
  return brokenRules(ruleFacts(of, node));
}

function side(plan: Plan): Side {
  return { plan, problems: brokenRules(ruleFacts(plan)) };
}

function asJson({ of, with: other, differences, together, inBoth, live }: Comparison): string {
  const told = differences.map(({ traps, ...rest }) => ({
    ...rest,
    traps: traps.map(({ environment, problem }) => ({ environment, ...problemData(problem) })),
  }));
  const object = {
    schemaVersion: 1,
    of,
    with: other,
    differences: told,
    together,
    inBoth: inBoth.map(problemData),
    live,
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}
