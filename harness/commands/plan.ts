// `remuster plan`: prints what a run would do, every value resolved; with --explain, where each value came from.
import { InvalidArgumentError, type Command } from 'commander';
import { formatMiB, formatMs } from '../core/units.js';
import { planHash } from '../plan/hash.js';
import { levelWords, stageTimes, type StageTimes } from '../plan/load-profile.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { Listens, NodeSpec, OwnNode } from '../plan/node-spec.js';
import type { Plan, TargetSpec } from '../plan/plan.js';
import type { PluginChoice } from '../plan/plugin-choice.js';
import type { PlannedEnvironment } from '../plan/planner.js';
import type { Origins } from '../plan/origins.js';
import { redactPlan } from '../plan/redact.js';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { loadExplained } from './load-explained.js';
import { limitRows } from './plan-limits.js';
import { warnOfLoad } from './load-warnings.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';

/** More of them (a recorded curve) are summed up; --json has each. */
const STAGES_SHOWN = 8;

interface Flags {
  readonly env?: readonly string[];
  readonly seed?: number;
  readonly load?: string;
  readonly explain?: true;
  readonly json?: true;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('plan')
    .summary('print what a run would do, every value resolved')
    .description('Resolves a scenario for a seed and prints it: nodes, load over time, which node is hit when, limits.')
    .argument('[scenario]', 'scenario file: .ts, .js, .yaml or .json; default: remuster.yaml here')
    .option(
      '--env <name>',
      'only this environment (may be repeated)',
      (name: string, all: readonly string[] | undefined) => [...(all ?? []), name],
    )
    .option('--load <file>', "plan with the load of this file (remuster log2load) in the place of the scenario's own")
    .option('--seed <number>', 'as for run', seedOf)
    .option('--explain', 'say where each value came from')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ remuster plan scenarios/supervisor-swap.ts --env production --explain')
    .action(async (named: string | undefined, flags: Flags) => {
      const file = scenarioOr(named, io);
      const planned = await loadExplained(file, flags, io, allPlugIns);
      warnOfLoad(
        planned.map(({ plan }) => plan),
        io,
      );
      io.stdout.write(flags.json ? asJson(planned, flags) : planned.map((each) => asText(each, flags)).join('\n'));
    });
}

function seedOf(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('a whole number, 0 or more, is needed.');
  return Number(text);
}

/** Printed plans are for eyes and logs: secrets are hashed with the plan's own hash, so that two prints compare. */
function printable({ plan }: PlannedEnvironment): Plan {
  return redactPlan(plan, planHash(plan));
}

function asJson(planned: readonly PlannedEnvironment[], flags: Flags): string {
  const plans = planned.map((each) => {
    const plan = printable(each);
    const explained = flags.explain ? { explained: Object.fromEntries(each.origins.explain(plan)) } : {};
    return { hash: planHash(each.plan), plan, ...explained };
  });
  return `${JSON.stringify({ schemaVersion: 1, plans }, null, 2)}\n`;
}

function asText(planned: PlannedEnvironment, flags: Flags): string {
  const plan = printable(planned);
  const head = `${plan.scenario}  ${plan.environment.name}  seed ${String(plan.seed)}  plan ${planHash(planned.plan).slice(0, 12)}\n`;
  if (!flags.explain) return `${head}${rows(overview(plan, planned.origins))}`;
  const explained = [...planned.origins.explain(plan)].map(([path, { value, source }]) => [
    path,
    JSON.stringify(value),
    source,
  ]);
  return `${head}${rows(explained)}`;
}

/** Columns padded to the widest cell; a very long cell does not push the others away. */
function rows(cells: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.min(64, Math.max(0, ...cells.map((row) => (row[column] ?? '').length))));
  return cells
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}\n`,
    )
    .join('');
}

function overview(plan: Plan, origins: Origins): readonly (readonly string[])[] {
  const { environment: env } = plan;
  return [
    ['nodes', plan.nodes.join(', ')],
    ...nodeRows(env.node, ''),
    ...(env.deployedOver
      ? [
          ['deployed over', optionText(env.deployedOver.from.server)],
          ['deploy', optionText(env.deployedOver.deploy)],
        ]
      : []),
    ['balancer', optionText(plan.balancer)],
    ...(plan.ageingStepBytes > 0 ? [['ageing', `${formatMiB(plan.ageingStepBytes)} more from node to node`]] : []),
    ...loadRows(plan.load),
    ...plan.rounds.map(({ round, fault, target, steps, notBeforeMs }) => [
      `round ${String(round)}`,
      `${optionText(fault)} on ${targetText(target)}: ${steps.map((step) => step.join(' + ')).join(', then ')}; not before ${formatMs(notBeforeMs)}`,
    ]),
    ...limitRows(plan, origins),
    ['longest', formatMs(plan.maxTimeMs)],
    ...(env.expect ? [['expected', [env.expect.verdict, ...env.expect.findings].join(', ')]] : []),
  ];
}

function nodeRows(node: NodeSpec, prefix: string): readonly (readonly string[])[] {
  const variables = Object.entries(node.env).map(([name, value]) => `${name}=${value}`);
  return [
    [`${prefix}supervisor`, optionText(node.supervisor)],
    [`${prefix}server`, `${optionText(node.server)}${node.own ? '' : ` as ${node.user}`}`],
    ...(node.own ? ownRows(node.own, prefix) : [[`${prefix}app`, optionText(node.app)]]),
    ...(variables.length > 0 ? [[`${prefix}env`, variables.join(' ')]] : []),
    ...(node.openFiles === undefined ? [] : [[`${prefix}open files`, String(node.openFiles)]]),
  ];
}

function ownRows(
  { source, port, healthPath, mounts, services = [] }: OwnNode,
  prefix: string,
): readonly (readonly string[])[] {
  const from = source.kind === 'image' ? `image ${source.image}` : `built from ${source.folder}`;
  return [
    [`${prefix}node`, `${from}; port ${String(port)}, health ${healthPath}`],
    ...mounts.map(({ from: file, to }) => [`${prefix}mount`, `${file} -> ${to}`]),
    ...services.map(({ name, supervisor, server, listens }) => {
      const known = server.kind === 'own' ? '' : `; ${optionText(server)}`;
      return [`${prefix}beside it`, `${name}: ${optionText(supervisor)}, ${listensText(listens)}${known}`];
    }),
  ];
}

function listensText(listens: Listens): string {
  switch (listens.kind) {
    case 'port':
      return `port ${String(listens.port)}, health ${listens.healthPath}`;
    case 'loopback':
      return `port ${String(listens.port)} of the loopback`;
    case 'socket':
      return `socket ${listens.path}`;
    case 'nowhere':
      return 'listens nowhere';
  }
}

function loadRows(load: LoadPlan): readonly (readonly string[])[] {
  const manner =
    load.model === 'open'
      ? `${load.arrivals} arrivals on ${load.connections} connections`
      : `think ${thinkWords(load.think)}${load.sessions ? ', with sessions' : ''}`;
  return [
    [
      'load',
      `${optionText(load.engine)}: ${stageWords(load)}, held to the end; ${manner}, time-out ${formatMs(load.timeoutMs)}`,
    ],
    ...load.requests.map(({ name, weight }) => ['  request', `${name}  weight ${String(weight)}`]),
  ];
}

function stageWords({ model, stages }: LoadPlan): string {
  const times = stageTimes(stages);
  const words = ({ level, startMs }: StageTimes): string => `${levelWords(model, level)} from ${formatMs(startMs)}`;
  const last = times.at(-1);
  if (times.length <= STAGES_SHOWN || !last) return times.map(words).join(', ');
  const highest = times.reduce((best, each) => (each.level > best.level ? each : best));
  const lowest = times.reduce((best, each) => (each.level < best.level ? each : best));
  return `${String(times.length)} stages (least ${words(lowest)}, most ${words(highest)}), the last ${words(last)}`;
}

function optionText({ kind, options }: PluginChoice): string {
  const words = Object.entries(options).filter(([, value]) => value !== undefined);
  return words.length === 0
    ? kind
    : `${kind} (${words.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ')})`;
}

function targetText(target: TargetSpec): string {
  return target.kind === 'named' ? 'named nodes' : target.kind;
}

function thinkWords(think: LoadPlan['think']): string {
  switch (think.kind) {
    case 'constant':
      return `${String(think.ms)} ms`;
    case 'uniform':
      return `${String(think.minMs)} to ${String(think.maxMs)} ms`;
    case 'exponential':
      return `${String(think.meanMs)} ms on average (exponential)`;
  }
}
