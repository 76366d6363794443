// `remuster list`: what scenarios can name (supervisors, servers, faults ...) and the scenarios that come along.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import type { Command } from 'commander';
import type { Plugin } from '../core/plugin.js';
import { restartPaths } from '../matrix/list-paths.js';
import { trapFiles } from '../matrix/traps.js';
import { keysAt } from '../scenario/issue.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import { readSource, SCENARIO_ENDINGS } from '../scenario/load.js';
import { isRecord } from '../scenario/validate.js';
import { messageOf } from '../core/errors.js';
import { packageRoot } from '../tier/images/package-root.js';
import { checks as allChecks } from '../verdict/checks/index.js';
import type { CommandIo } from './io.js';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly options?: readonly string[];
  /** Of a restart path: the servers that have it; absent where it is not a server's affair. */
  readonly servers?: readonly string[];
  readonly file?: string;
}

export function register(program: Command, io: CommandIo): void {
  program
    .command('list')
    .summary('show what scenarios can name, and the scenarios there are')
    .description(
      'Lists supervisors, servers, restart paths, applications, balancers, deploys, load engines, faults, checks, traps and scenarios.',
    )
    .argument('[kind]', 'only this kind, for example faults; then with the options of each')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  $ remuster list faults')
    .action(async (kind: string | undefined, flags: { readonly json?: true }, command: Command) => {
      const all = await everything(io);
      const known = Object.keys(all);
      if (kind !== undefined && !known.includes(kind))
        command.error(`error: "${kind}" is not a kind; known: ${known.join(', ')}`);
      const wanted = kind === undefined ? all : { [kind]: all[kind] ?? [] };
      io.stdout.write(
        flags.json ? `${JSON.stringify({ schemaVersion: 1, ...wanted }, null, 2)}\n` : text(wanted, kind !== undefined),
      );
    });
}

async function everything({
  cwd,
  env,
}: Pick<CommandIo, 'cwd' | 'env'>): Promise<Readonly<Record<string, readonly Entry[]>>> {
  const { checks, supervisors, servers, ...maps } = allPlugIns;
  const traps = trapFiles();
  const own = await scenarios(
    cwd,
    env,
    traps.map(({ file }) => relative(cwd, join(packageRoot(), file))),
  );
  const shown = [...traps.map(({ file }) => file), ...own.map(({ name }) => name)];
  const samples = await scenarios(packageRoot(), env, shown);
  return {
    supervisors: entries(supervisors),
    servers: entries(servers),
    paths: restartPaths(allPlugIns),
    ...Object.fromEntries(Object.entries(maps).map(([kind, map]) => [kind, entries(map)])),
    checks: checks.map((name) => ({ name, summary: allChecks[name]?.summary ?? '' })),
    traps,
    scenarios: [...own, ...samples],
  };
}

function entries(map: Readonly<Record<string, Plugin<unknown>>>): readonly Entry[] {
  return Object.entries(map).map(([name, { summary, options }]) => ({ name, summary, options: keysAt(options, []) }));
}

/** Scenario files below scenarios/ of a folder, but those. One that cannot be read is listed with its error. */
async function scenarios(folder: string, env: CommandIo['env'], but: readonly string[]): Promise<readonly Entry[]> {
  const files = filesBelow(join(folder, 'scenarios'))
    .filter((file) => !isLoadScript(file))
    .map((file) => relative(folder, file))
    .filter((file) => !but.includes(file));
  return Promise.all(
    files.map(async (name) => {
      try {
        const { value } = await readSource(name, folder, env);
        const summary = isRecord(value) && typeof value['summary'] === 'string' ? value['summary'] : '';
        return { name, summary };
      } catch (error) {
        return { name, summary: `cannot be read: ${messageOf(error).split('\n')[0] ?? ''}` };
      }
    }),
  );
}

/** A k6 script that a scenario beside it names is not a scenario itself: only k6 can read it. */
function isLoadScript(file: string): boolean {
  return extname(file) === '.js' && /\bfrom\s*['"]k6['"/]/.test(readFileSync(file, 'utf8'));
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesBelow(path);
        return (SCENARIO_ENDINGS as readonly string[]).includes(extname(entry.name)) ? [path] : [];
      })
      .sort();
  } catch {
    return [];
  }
}

function text(all: Readonly<Record<string, readonly Entry[]>>, withOptions: boolean): string {
  const width = Math.max(
    ...Object.values(all)
      .flat()
      .map(({ name }) => name.length),
  );
  return Object.entries(all)
    .map(([kind, list]) => {
      const lines = list.map(({ name, summary, options = [] }) => {
        const first = `  ${name.padEnd(width)}  ${summary}`.trimEnd();
        return options.length === 0 || !withOptions
          ? first
          : `${first}\n  ${' '.repeat(width)}  options: ${options.join(', ')}`;
      });
      return `${kind}\n${(lines.length === 0 ? ['  none'] : lines).join('\n')}\n`;
    })
    .join('\n');
}
