// The process that holds a tier: boots it, loads it, then does what it is asked until it is let go, its time is over or it
// is ended by a signal. Started by `remuster up`, on its own, so that terminals may come and go.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { formatMs } from '../core/units.js';
import { HarnessError, messageOf } from '../core/errors.js';
import { CleanupScope } from '../core/scope.js';
import { cutOf, engineOf, playEnvironment, type LoadedTier } from '../environment.js';
import type { Plan, RoundPlan } from '../plan/plan.js';
import { redactPlan } from '../plan/redact.js';
import { Journal } from '../record/journal.js';
import { RunFolder, type RunMeta } from '../record/store.js';
import { formatOwner, ownOwner } from '../tier/runtime/owner.js';
import type { Runtime } from '../tier/runtime/runtime.js';
import type { Tier } from '../tier/boot.js';
import { isAsked } from '../tier/service.js';
import { leftBehindBy } from '../tier/sweep.js';
import { Hand } from './hand.js';
import { forget, save, socketOf, type Addresses, type HeldTier } from './state.js';
import { serveQuestions } from './wire.js';

export interface HolderTools {
  readonly runtime: Runtime;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Lines of what is going on, into the holder's log. */
  readonly progress: (line: string) => void;
}

/** Resolves when the tier is down and nothing of it is left; rejects when it never came up, and says so in its state. */
export async function hold(
  claimed: HeldTier,
  planned: Plan,
  { runtime, env, progress }: HolderTools,
  signal: AbortSignal,
): Promise<void> {
  const rounds: RoundPlan[] = [];
  const plan = { ...planned, rounds };
  let about: HeldTier = { ...claimed, owner: formatOwner(ownOwner()) };
  const note = (more: Partial<HeldTier>): void => save((about = { ...about, ...more }), env);
  note({});
  try {
    await engineOf(plan.load).ready?.(plan.load, signal);
    await play(about, plan, note, { runtime, env, progress }, signal);
    forget(about.name, env);
  } catch (error) {
    const exitCode = error instanceof HarnessError ? error.exitCode : 1;
    note({ state: 'failed', failure: { message: messageOf(error), exitCode } });
    throw error;
  }
}

async function play(
  about: HeldTier,
  plan: Plan & { readonly rounds: RoundPlan[] },
  note: (more: Partial<HeldTier>) => void,
  { runtime, env, progress }: HolderTools,
  signal: AbortSignal,
): Promise<void> {
  const folder = RunFolder.create(about.out, about.runId);
  const { scenario, file, seed } = plan;
  const meta: RunMeta = {
    schemaVersion: 1,
    runId: about.runId,
    scenario,
    file,
    seed,
    startedAt: about.startedAt,
    environments: [plan.environment.name],
    leftBehind: [],
    unwritable: null,
  };
  folder.saveMeta(meta);
  const runKey = randomBytes(16).toString('hex');
  const environment = folder.environment(redactPlan(plan, runKey));
  const journal = new Journal(environment.journalFile);
  const scope = new CleanupScope();
  const came: { up: boolean; why?: unknown } = { up: false };
  const middle = async (loaded: LoadedTier, abort: AbortSignal): Promise<void> => {
    const whileHeld = new AbortController();
    const addresses = addressesOf(loaded.tier);
    const held = { about: { ...about, addresses }, folder: folder.path, plan, loaded, upAt: Date.now() };
    const over = new Promise<void>((resolve) => whileHeld.signal.addEventListener('abort', () => resolve()));
    const hand = new Hand({ ...held, letGo: () => whileHeld.abort() });
    const server = await serveQuestions(socketOf(about.name, env), (question, tell, gone) =>
      hand.answer(question, tell, gone),
    );
    const timer = setTimeout(() => whileHeld.abort(), about.forMs);
    abort.addEventListener('abort', () => whileHeld.abort(), { once: true });
    came.up = true;
    note({ state: 'up', addresses });
    await over;
    clearTimeout(timer);
    note({ state: 'ending' });
    hand.drop(new HarnessError('interrupted', 'the tier is taken down'));
    server.close();
  };
  try {
    const tools = { runId: about.runId, runKey, runtime, journal, folder: environment, scope, progress };
    await playEnvironment(plan, { ...tools, kind: 'up' }, signal, middle);
    if (!came.up) came.why = notWhole();
  } catch (error) {
    journal.observe(cutOf(error, signal));
    came.why = error;
    if (came.up) progress(`ended: ${messageOf(error)}`);
  }
  const notUndone = await scope.close();
  journal.observe({ kind: 'end' });
  journal.close();
  // The rounds are known now: with them the stored run can be judged and told like any other.
  folder.environment(redactPlan(plan, runKey));
  const left = await leftBehindBy(runtime, about.runId);
  folder.saveMeta({ ...meta, leftBehind: [...notUndone, ...left] });
  for (const each of [...notUndone, ...left]) progress(`left behind: ${each}`);
  progress(`the tier is down after ${formatMs(journal.nowMs())}`);
  if (!came.up) throw came.why;

  function notWhole(): HarnessError {
    return new HarnessError('boot-failed', 'the tier booted, but its nodes were not whole', {
      hint: `remuster report ${join(about.out, about.runId)} says which and why`,
    });
  }
}

function addressesOf({ nodes, posts, balancer, balancerPlugin, dependencies }: Tier): Addresses {
  const url = ({ host, port }: { readonly host: string; readonly port: number }): string =>
    `http://${host}:${String(port)}`;
  return {
    balancer: url(balancer.reach(balancerPlugin.port)),
    nodes: Object.fromEntries(
      posts.flatMap(({ name, container, service }) =>
        isAsked(service) ? [[name, url(container.reach(service.port))]] : [],
      ),
    ),
    containers: Object.fromEntries([
      ...nodes.map(({ name, container }) => [name, container.id.slice(0, 12)] as const),
      ...dependencies.map(({ name, container }) => [name, container.id.slice(0, 12)] as const),
      ['balancer', balancer.id.slice(0, 12)] as const,
    ]),
  };
}
