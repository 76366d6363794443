// The traps that come along (scenarios/traps): their settings as cells of the matrix, and their first words for `list`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { loadExplained } from '../commands/load-explained.js';
import { HarnessError } from '../core/errors.js';
import type { Plan } from '../plan/plan.js';
import { SCENARIO_ENDINGS } from '../scenario/load.js';
import { plugInNamed, type PlugInMaps } from '../scenario/plug-ins.js';
import { packageRoot } from '../tier/images/package-root.js';
import type { TrapCell, TrapSetting } from './cells.js';
import { serverForms } from './forms.js';
import { pathName } from './paths.js';

const FOLDER = join('scenarios', 'traps');

export interface TrapFile {
  readonly name: string;
  /** Below the package, as the program is told it. */
  readonly file: string;
  /** The first sentence of what it teaches. */
  readonly summary: string;
}

export function trapFiles(root: string = packageRoot()): readonly TrapFile[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => (SCENARIO_ENDINGS as readonly string[]).includes(extname(name)))
    .sort()
    .map((name) => ({
      name: basename(name, extname(name)),
      file: join(FOLDER, name),
      summary: firstSentence(readFileSync(join(folder, name), 'utf8')),
    }));
}

/** Of the comment at the head of a scenario: up to the first full stop or semicolon, without marks and line breaks. */
export function firstSentence(text: string): string {
  const [head = ''] = /^(\s*(\/\/|#)[^\n]*\n?)*/.exec(text) ?? [];
  const words = head
    .replaceAll(/^\s*(\/\/|#)\s*/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const said = words.replace(/^Teaches: /, '');
  return /^.*?(?=[.;](\s|$))/.exec(said)?.[0] ?? said;
}

/** Every environment of every trap. Throws `invalid` for a trap that cannot be planned: they are ours. */
export async function trapSettings(maps: PlugInMaps, root: string = packageRoot()): Promise<readonly TrapSetting[]> {
  const settings: TrapSetting[] = [];
  for (const { name, file } of trapFiles(root))
    settings.push(...(await plansOf(file, maps, root)).map((plan) => settingOf(name, file, plan, maps)));
  return settings;
}

export async function planTrap(cell: TrapCell, maps: PlugInMaps, root: string = packageRoot()): Promise<Plan> {
  const plan = (await plansOf(cell.file, maps, root)).find(({ environment }) => environment.name === cell.environment);
  if (!plan) throw new HarnessError('internal', `${cell.file} has lost its environment ${cell.environment}`);
  return { ...plan, proof: { ...plan.proof, sentinelRate: 0 } }; // As in every cell: scenario-of-cell.ts says why.
}

async function plansOf(file: string, maps: PlugInMaps, root: string): Promise<readonly Plan[]> {
  // Without variables of the caller's: a trap is the same wherever it is run.
  return (await loadExplained(file, {}, { env: {}, cwd: root }, maps)).map(({ plan }) => plan);
}

function settingOf(trap: string, file: string, plan: Plan, maps: PlugInMaps): TrapSetting {
  const { environment, rounds } = plan;
  const last = rounds.at(-1);
  const fault = last && plugInNamed(maps, 'faults', last.fault.kind);
  return {
    trap,
    file,
    environment: environment.name,
    supervisor: environment.node.supervisor.kind,
    server: formName(environment.node.server, maps),
    path: last && fault ? pathName(fault, last.fault.kind, last.fault.options) : '',
  };
}

/** A cluster is a form of its own only where the server is one process by default. */
function formName({ kind, options }: Plan['environment']['node']['server'], maps: PlugInMaps): string {
  const forms = serverForms(maps.servers).filter((form) => form.kind === kind);
  const cluster = forms.find((form) => form.name !== kind);
  const workers = plugInNamed(maps, 'servers', kind)?.workers(options) ?? 0;
  return cluster && workers > 0 ? cluster.name : kind;
}
