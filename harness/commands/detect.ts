// `remuster detect`: boots one node of each of the user's own images, finds out what keeps its server running, and says how
// a scenario names it.
import type { Command } from 'commander';
import { scenarioOr } from './default-scenario.js';
import type { CommandIo } from './io.js';
import { DETECT, detectAll, type LookInto } from './detected.js';
import { detectOnEngine } from './detect-on-engine.js';
import { interruptible } from './interrupts.js';
import { HarnessError } from '../core/errors.js';
import { plansFrom } from './load-plans.js';
import type { Plan } from '../plan/plan.js';
import { choiceText } from '../scenario/choice-text.js';
import type { Detected } from '../tier/detect.js';

interface Flags {
  readonly json?: true;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('detect')
    .summary("find out which supervisor a user's own image brings")
    .description(
      `Boots one node of each environment with a node of your own, looks who listens and what looks after it, and says how a scenario names that supervisor. In a scenario, supervisor: '${DETECT}' does the same before each run.`,
    )
    .argument('[scenario]', 'scenario file: .ts, .js, .yaml or .json; default: remuster.yaml here')
    .option('--json', 'print one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  $ remuster detect restart.yaml')
    .action((named: string | undefined, flags: Flags) =>
      interruptible(async (signal) => {
        const look = detectOnEngine((line) => io.stderr.write(`remuster: ${line}\n`), signal);
        const found = await lookIntoAll(scenarioOr(named, io), io, look);
        io.stdout.write(
          flags.json
            ? `${JSON.stringify({ schemaVersion: 1, environments: Object.fromEntries(found) }, null, 2)}\n`
            : [...found].map(([name, each]) => sentence(name, each)).join(''),
        );
      }),
    );
}

async function lookIntoAll(file: string, io: CommandIo, look: LookInto): Promise<ReadonlyMap<string, Detected>> {
  // Each node is booted once, whether the scenario asks for it or names a supervisor itself.
  const seen = new Map<string, Promise<Detected>>();
  const once: LookInto = (spec, environment, plan) => {
    const key = JSON.stringify([spec.own, spec.env]);
    const known = seen.get(key) ?? look(spec, environment, plan);
    seen.set(key, known);
    return known;
  };
  const plans = await plansFrom(file, {}, { ...io, detect: once });
  const names = plans.filter(hasOwnNode).map(({ environment }) => environment.name);
  if (names.length === 0)
    throw new HarnessError('invalid', `${file} has no node of your own to look into`, {
      hint: 'give it a node with an image or a build, and a port',
    });
  return detectAll(names, plans, once);
}

function hasOwnNode({ environment }: Plan): boolean {
  return environment.node.own !== undefined;
}

function sentence(name: string, { kind, options, why }: Detected): string {
  return `${name}\n  supervisor: ${choiceText(kind, options)}\n  because ${why}\n`;
}
