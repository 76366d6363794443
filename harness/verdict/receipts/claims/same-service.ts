// Claim 9: the restarted process is the same service as the one that it replaced, or the one that the environment
// declares: argv, environment, directory, user, umask, limits, cgroup limits, item by item.
import type { ProcessKey } from '../../../core/identity.js';
import type { DeclaredEvent, ServiceEvent, ServiceSnapshot } from '../../../record/events.js';
import type { OpenReceipt } from '../open-receipt.js';
import { no, unseen, yes, type ClaimContext, type Evaluate } from './claim.js';

export const sameService: Evaluate = (context) => {
  const { receipt } = context;
  const { view, path } = receipt;
  const blind = view.blindness('agent');
  if (blind !== undefined) return unseen(`the agent lost sight of ${view.name}: ${blind}`);
  if (path.subject === 'worker' || path.subject === 'workers') return sameWorkers(context);
  const { lastRead, master } = receipt;
  if (!master) return unseen('there is no new process to compare');
  if (!lastRead) return unseen('nothing is known of the process that was replaced');
  return compared(context, lastRead.read, view.snapshots.get(master.key), lastRead.pid, master.pid);
};

/** Where only masters are read, a worker is what its master is: it was forked from it. */
function sameWorkers(context: ClaimContext): ReturnType<Evaluate> {
  const { receipt } = context;
  const { view, oldMaster, master } = receipt;
  const before = [...receipt.old.values()].map((process) => receipt.oldSnapshots.get(process.key)).find(hasSnapshot);
  const worker = receipt.newWorkers.find((process) => hasSnapshot(view.snapshots.get(process.key)));
  if (before && worker)
    return compared(context, before, view.snapshots.get(worker.key), pidOf(receipt, before.key), worker.pid);
  if (!master || receipt.newWorkers.length === 0) return unseen('there is no new worker to compare');
  if (oldMaster?.key !== master.key) return unseen('the master changed and its workers were not read');
  return hasSnapshot(view.snapshots.get(master.key))
    ? yes(`forked by the same master (pid ${master.pid})`)
    : unseen(`the master pid ${master.pid} could not be read`);
}

function hasSnapshot(event: ServiceEvent | undefined): event is ServiceEvent & { readonly snapshot: ServiceSnapshot } {
  return event?.snapshot != null;
}

function pidOf(receipt: OpenReceipt, key: ProcessKey): number {
  return receipt.old.get(key)?.pid ?? 0;
}

function compared(
  { plan, declared }: ClaimContext,
  before: ServiceEvent | undefined,
  after: ServiceEvent | undefined,
  oldPid: number,
  newPid: number,
): ReturnType<Evaluate> {
  if (!hasSnapshot(after))
    return unseen(`pid ${newPid} could not be read${after?.why === undefined ? '' : `: ${after.why}`}`);
  if (!hasSnapshot(before))
    return unseen(`pid ${oldPid} was not read before it went${before?.why === undefined ? '' : `: ${before.why}`}`);
  const found = differences(before.snapshot, after.snapshot, declared, plan.facts.volatileEnv);
  const wrong = found.filter((each) => !each.asDeclared).map((each) => each.words);
  if (wrong.length > 0) return no(`differs from pid ${oldPid}: ${wrong.join('; ')}`);
  const declaredWords = found.map((each) => `${each.words}, as declared`);
  const words = found.length === 0 ? `equal to pid ${oldPid}` : declaredWords.join('; ');
  const apart =
    plan.facts.volatileEnv.includes('*') || isHidden(before.snapshot, after.snapshot)
      ? '; it shows no environment to compare'
      : '';
  return yes(`${words}${apart}`, after.atMs);
}

function isHidden(...snapshots: readonly ServiceSnapshot[]): boolean {
  return snapshots.some(({ envIsHidden }) => envIsHidden);
}

interface Difference {
  readonly words: string;
  readonly asDeclared: boolean;
}

export function differences(
  before: ServiceSnapshot,
  after: ServiceSnapshot,
  declared: DeclaredEvent | undefined,
  volatileEnv: readonly string[],
): readonly Difference[] {
  const scalar = (name: string, was: string | number, is: string | number, wanted?: string): Difference[] =>
    was === is ? [] : [{ words: `${name} ${was} -> ${is}`, asDeclared: wanted !== undefined && wanted === is }];
  const openFiles = (name: string): string | undefined =>
    declared?.openFiles !== undefined && /open files|nofile/i.test(name) ? String(declared.openFiles) : undefined;
  return [
    ...argvDifference(before.argv, after.argv, declared?.argv ?? null),
    ...(isHidden(before, after) ? [] : envDifferences(before.env, after.env, declared?.env ?? {}, volatileEnv)),
    ...scalar('directory', before.cwd, after.cwd, declared?.cwd),
    ...scalar('uid', before.uid, after.uid),
    ...scalar('gid', before.gid, after.gid),
    ...scalar('umask', before.umask, after.umask),
    ...mapDifferences('limit', before.rlimits, after.rlimits, (name, is) => is.split('/')[0] === openFiles(name)),
    ...mapDifferences('cgroup', before.cgroup, after.cgroup, () => false),
  ];
}

/** Servers rewrite their command line and pad it with blanks: words count, not the way they are cut. */
function words(argv: readonly string[]): readonly string[] {
  return argv
    .join(' ')
    .split(/[\s\0]+/)
    .filter((word) => word !== '');
}

function argvDifference(was: readonly string[], is: readonly string[], wanted: readonly string[] | null): Difference[] {
  const before = words(was);
  const after = words(is);
  if (before.join(' ') === after.join(' ')) return [];
  const lost = before.filter((word) => !after.includes(word));
  const gained = after.filter((word) => !before.includes(word));
  const parts = [
    ...(lost.length > 0 ? [`${lost.join(' ')} gone`] : []),
    ...(gained.length > 0 ? [`${gained.join(' ')} new`] : []),
  ];
  const text = parts.length > 0 ? parts.join(', ') : `command line "${after.join(' ')}"`;
  return [{ words: text, asDeclared: wanted !== null && words(wanted).join(' ') === after.join(' ') }];
}

function isVolatile(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function envDifferences(
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  volatileEnv: readonly string[],
): Difference[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names.flatMap((name): Difference[] => {
    if (was[name] === is[name] || isVolatile(name, volatileEnv)) return [];
    const asDeclared = name in wanted && wanted[name] === is[name];
    // Values may be secrets and are mostly hashes: names say enough.
    if (!(name in is)) return [{ words: `variable ${name} gone`, asDeclared: false }];
    return [{ words: `variable ${name} ${name in was ? 'changed' : 'new'}`, asDeclared }];
  });
}

function mapDifferences(
  what: string,
  was: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
  asDeclared: (name: string, is: string) => boolean,
): Difference[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names.flatMap((name) => {
    const before = was[name] ?? 'none';
    const after = is[name] ?? 'none';
    if (before === after) return [];
    return [{ words: `${what} ${name} ${before} -> ${after}`, asDeclared: asDeclared(name, after) }];
  });
}
