// An environment beside a snapshot of a production host: what its server would get there that it does not get here, and
// which known traps it would be in under production's own supervisor. Pure; hashes are compared, values never shown.
import { createHash } from 'node:crypto';
import { maskArgv } from '../observe/agent/secrets.js';
import type { Service } from '../tier/service.js';
import { danger, type Comparison, type Difference } from './compare.js';
import { startCommandOf } from './production-supervisor.js';
import type { ProductionService, Snapshot } from './snapshot-file.js';
import type { Broken } from '../rules/index.js';

export interface EnvironmentSide {
  readonly name: string;
  readonly supervisor: string;
  readonly service: Service;
  /** Names (or `PREFIX*`) of variables that change by nature, of the server and of either supervisor. */
  readonly volatileEnv: readonly string[];
  /** Its traps here, and those that it would be in under production's supervisor. */
  readonly problems: readonly Broken[];
  readonly problemsThere: readonly Broken[];
}

export function compareWithProduction(
  here: EnvironmentSide,
  snapshot: Snapshot,
  there: ProductionService,
  file: string,
): Comparison {
  const plain = [...processDifferences(here, there), ...environmentDifferences(here, snapshot, there)];
  const gained = here.problemsThere.filter((problem) => !has(here.problems, problem));
  const lost = here.problems.filter((problem) => !has(here.problemsThere, problem));
  const trapped = (path: string): Difference['traps'] => [
    ...gained.filter(({ setting }) => setting === path).map((problem) => ({ environment: file, problem })),
    ...lost.filter(({ setting }) => setting === path).map((problem) => ({ environment: here.name, problem })),
  ];
  const paths = [...new Set([...gained, ...lost].map(({ setting }) => setting))];
  const differences: readonly Difference[] = [
    ...paths.map((path) => ({
      path,
      of: [...gained, ...lost].find(({ setting }) => setting === path)?.value ?? null,
      with: null,
      note: gained.some(({ setting }) => setting === path)
        ? "here: a trap under production's supervisor"
        : 'here: a trap here',
      traps: trapped(path),
      follows: [],
    })),
    ...plain,
  ];
  return {
    of: here.name,
    with: file,
    differences: [...differences].sort((a, b) => danger(b) - danger(a)),
    together: [],
    inBoth: here.problems.filter((problem) => has(here.problemsThere, problem)),
  };
}

function has(problems: readonly Broken[], { rule, setting }: Broken): boolean {
  return problems.some((each) => each.rule.name === rule.name && each.setting === setting);
}

function processDifferences(here: EnvironmentSide, there: ProductionService): readonly Difference[] {
  const { service } = here;
  const { master } = there;
  const declared = maskArgv(service.argv).join(' ');
  const started = startCommandOf(there);
  // A title that a server gave itself is padded with blanks to the length of what was there.
  const running = master.argv.join(' ').trimEnd();
  const pairs: readonly (readonly [string, string | null, string | null])[] = [
    ['supervisor', here.supervisor, there.supervisor.kind],
    ['start command', declared, started ?? declared],
    // A title that the server gives itself; where it gives none that is known, the arguments are left to the start command.
    ['running command', service.runningTitle ?? running, running],
    ['directory', service.cwd, master.cwd],
    ['user', service.user, master.user],
    ['open files', openFiles(service), service.openFiles === undefined ? openFiles(service) : soft(master.rlimits)],
    ...Object.entries(master.cgroup)
      .filter(([, value]) => isLimit(value))
      .map(([name, value]) => [`cgroup ${name}`, null, value] as const),
  ];
  return pairs
    .filter(([, of, other]) => of !== other)
    .map(([path, of, other]) => ({ path, of, with: other, traps: [], follows: [] }));
}

function openFiles({ openFiles: limit }: Service): string | null {
  return limit === undefined ? null : String(limit);
}

function soft(rlimits: Readonly<Record<string, string>>): string {
  return rlimits['open files']?.split('/')[0] ?? 'unknown';
}

/** `max`, and the number that version 1 of cgroups has in its place (a page less than 2^63), are no limits. */
function isLimit(value: string): boolean {
  return !value.startsWith('max') && !(Number(value) > 2 ** 60);
}

/** What is a secret there stays one: a name and, where the host could hash, whether the value is the same. */
function environmentDifferences(
  here: EnvironmentSide,
  snapshot: Snapshot,
  there: ProductionService,
): readonly Difference[] {
  const { env } = here.service;
  const remote = there.master.env;
  const names = [...new Set([...Object.keys(env), ...Object.keys(remote)])].sort();
  return names
    .filter((name) => !isVolatile(name, here.volatileEnv))
    .flatMap((name): readonly Difference[] => {
      const [of, other] = [env[name], remote[name]];
      const mine = of === undefined ? null : hashLike(of, snapshot);
      if (mine === (other ?? null)) return [];
      return [{ path: `environment ${name}`, of: mine, with: other ?? null, traps: [], follows: [] }];
    });
}

function hashLike(value: string, { salt, hashing }: Snapshot): string {
  if (hashing === 'hidden') return 'hidden';
  return `sha256:${createHash('sha256').update(`${salt}${value}`).digest('hex').slice(0, 16)}`;
}

/** Set by every login and every shell, not by whoever configures a service. */
const EVERYBODYS = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'TERM',
  'HOSTNAME',
  'PWD',
  'OLDPWD',
  'SHLVL',
  '_',
];

function isVolatile(name: string, patterns: readonly string[]): boolean {
  return [...EVERYBODYS, ...patterns].some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
