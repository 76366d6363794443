// All observers of an environment, started together and stopped together: the eyes and the supervisor's watch in each
// node, the prober, the sentinel, the balancer's log and view.
import { monotonicMs } from '../core/clock.js';
import { HarnessError } from '../core/errors.js';
import type { ProcessKey } from '../core/identity.js';
import type { Plan } from '../plan/plan.js';
import type { Observe } from '../record/events.js';
import type { Tier } from '../tier/boot.js';
import type { Node } from '../tier/plugins.js';
import { noEyes } from './agent/no-eyes.js';
import { declared } from './agent/snapshot.js';
import { startEyes, type Eyes } from './agent/watch.js';
import { readBalancerLog } from './balancer-log.js';
import { watchBalancer } from './balancer-view.js';
import { startProber } from './probes/prober.js';
import { startSentinel, type Sentinel } from './sentinel/sentinel.js';
import { startSupervisorWatch } from './supervisor-watch.js';

export interface Observers {
  signal(node: string, key: ProcessKey, signal: string): Promise<boolean>;
  focus(node: string, ms: number): void;
  /** Stops all of them; they write their books and latenesses. Can be called again. */
  stop(): Promise<void>;
}

export async function startObservers(
  plan: Plan,
  tier: Tier,
  runKey: string,
  observe: Observe,
  signal: AbortSignal,
): Promise<Observers> {
  const [first] = tier.nodes;
  if (first && !first.service.isOwn) observe(declared(first.service, runKey));
  const log = await readBalancerLog(tier.balancer, tier.balancerPlugin, observe);
  const view = watchBalancer(tier.balancer, tier.balancerPlugin, observe);
  const watched = new Map(
    await Promise.all(
      tier.nodes.map(async (node) => [node.name, await watchNode(node, plan, runKey, observe, signal)] as const),
    ),
  );
  const prober = startProber(
    tier.nodes.map((node) => ({
      node: node.name,
      ...node.container.reach(node.service.port),
      path: node.service.healthPath,
    })),
    { consecutive: plan.proof.consecutive },
    observe,
  );
  const sentinel = sentinelOf(plan, tier, observe);
  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    view.stop();
    await Promise.all([
      prober.stop(),
      sentinel?.stop(),
      log.stop(),
      ...[...watched.values()].map((node) => node.stop()),
    ]);
  };
  return {
    signal(node, key, name) {
      const eyes = watched.get(node)?.eyes;
      if (!eyes) throw new HarnessError('internal', `no eyes in ${node}`);
      return eyes.signal(key, name);
    },
    focus(node, ms) {
      watched.get(node)?.eyes.focus(ms);
      prober.focus(node, ms);
    },
    stop: () => (stopping ??= stopAll()),
  };
}

function sentinelOf(
  { proof }: Plan,
  { balancer, balancerPlugin, nodes }: Tier,
  observe: Observe,
): Sentinel | undefined {
  const { sentinelPort } = balancerPlugin;
  if (sentinelPort === undefined || proof.sentinelRate === 0) return undefined;
  const path = nodes[0]?.service.healthPath ?? '/';
  return startSentinel(balancer.reach(sentinelPort), { path, nodes: nodes.length, rate: proof.sentinelRate }, observe);
}

interface WatchedNode {
  readonly eyes: Eyes;
  stop(): Promise<void>;
}

async function watchNode(
  node: Node,
  plan: Plan,
  runKey: string,
  observe: Observe,
  signal: AbortSignal,
): Promise<WatchedNode> {
  const uid = node.service.isOwn ? 0 : await uidOf(node, plan.environment.node.user);
  const eyes =
    node.unseen === undefined ? await startEyes(node, uid, runKey, observe) : noEyes(node.name, node.unseen, observe);
  const watch = await startSupervisorWatch(
    node,
    (event) => {
      if (event.kind === 'supervisor') eyes.tracked(event.trackedPid);
      observe(event.atMs === undefined ? { ...event, atMs: monotonicMs() } : event);
    },
    () => eyes.mayEnter(),
    signal,
  );
  const unfollow = await node.container.follow((change) => watch.lives(change));
  return {
    eyes,
    async stop() {
      unfollow();
      await Promise.all([eyes.stop(), watch.stop()]);
    },
  };
}

/** The uid of a user inside the node; 0 when it has none of that name. */
async function uidOf(node: Node, user: string): Promise<number> {
  const { stdout } = await node.container.exec(['id', '-u', user]);
  const uid = Number(stdout.trim());
  return Number.isInteger(uid) ? uid : 0;
}
