// All observers of an environment, started together and stopped together: the eyes and the supervisor's watch in each
// node, the prober, the sentinel, the balancer's log and view.
import { monotonicMs } from '../core/clock.js';
import { HarnessError } from '../core/errors.js';
import type { ProcessKey } from '../core/identity.js';
import type { Plan } from '../plan/plan.js';
import { nodeOf } from '../plan/posts.js';
import type { Observe } from '../record/events.js';
import type { Tier } from '../tier/boot.js';
import type { Node } from '../tier/plugins.js';
import { isAsked } from '../tier/service.js';
import { noEyes } from './agent/no-eyes.js';
import { declared } from './agent/snapshot.js';
import { startEyes, type Eyes } from './agent/watch.js';
import { readBalancerLog } from './balancer-log.js';
import { watchBalancer } from './balancer-view.js';
import { startProber } from './probes/prober.js';
import { startSentinel, type Sentinel } from './sentinel/sentinel.js';
import { startSupervisorWatch } from './supervisor-watch.js';

export interface Observers {
  signal(post: string, key: ProcessKey, signal: string): Promise<boolean>;
  focus(post: string, ms: number): void;
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
      tier.nodes.map(async (node) => {
        const further = tier.posts.filter((post) => post !== node && nodeOf(post.name) === node.name);
        return [node.name, await watchNode([node, ...further], plan, runKey, observe, signal)] as const;
      }),
    ),
  );
  const prober = startProber(
    tier.posts.flatMap(({ name, container, service }) => {
      const { port, healthPath: path } = service;
      return isAsked(service) ? [{ node: name, ...container.reach(port), path }] : [];
    }),
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
    signal(post, key, name) {
      const eyes = watched.get(nodeOf(post))?.eyes;
      if (!eyes) throw new HarnessError('internal', `no eyes in ${post}`);
      return eyes.signal(key, name);
    },
    focus(post, ms) {
      watched.get(nodeOf(post))?.eyes.focus(ms);
      prober.focus(post, ms);
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

/** `posts`: the node and its further services: one pair of eyes for all, and the supervisor of each is listened to. */
async function watchNode(
  posts: readonly [Node, ...Node[]],
  plan: Plan,
  runKey: string,
  observe: Observe,
  signal: AbortSignal,
): Promise<WatchedNode> {
  const [node] = posts;
  const uid = node.service.isOwn ? 0 : await uidOf(node, plan.environment.node.user);
  const eyes =
    node.unseen === undefined ? await startEyes(posts, uid, runKey, observe) : noEyes(posts, node.unseen, observe);
  const watches = await Promise.all(
    posts.map((post) =>
      startSupervisorWatch(
        post,
        (event) => {
          if (event.kind === 'supervisor') eyes.tracked(post.name, event.trackedPid);
          observe(event.atMs === undefined ? { ...event, atMs: monotonicMs() } : event);
        },
        () => eyes.mayEnter(),
        signal,
      ),
    ),
  );
  const unfollow = await node.container.follow((change) => {
    for (const watch of watches) watch.lives(change);
  });
  return {
    eyes,
    async stop() {
      unfollow();
      await Promise.all([eyes.stop(), ...watches.map((watch) => watch.stop())]);
    },
  };
}

/** The uid of a user inside the node; 0 when it has none of that name. */
async function uidOf(node: Node, user: string): Promise<number> {
  const { stdout } = await node.container.exec(['id', '-u', user]);
  const uid = Number(stdout.trim());
  return Number.isInteger(uid) ? uid : 0;
}
