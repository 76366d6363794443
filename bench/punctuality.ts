// How late does a signal land? 300 kills of workers under the flagship's load, each at a due time drawn beforehand;
// lateness is from the due time to the agent's word that the kernel took the signal. Target: p95 <= 15 ms.
import { monotonicMs, sleep } from '../harness/core/clock.js';
import { runInTime } from '../harness/core/priority.js';
import { CleanupScope } from '../harness/core/scope.js';
import { seededRandom } from '../harness/core/random.js';
import { victims } from '../harness/faults/victims.js';
import { engines } from '../harness/load/index.js';
import { Emitter } from '../harness/core/emitter.js';
import { postsOf } from '../harness/plan/posts.js';
import { LiveView } from '../harness/observe/live-view.js';
import { startObservers } from '../harness/observe/observers.js';
import type { JournalEvent, Observe } from '../harness/record/events.js';
import { bootTier } from '../harness/tier/boot.js';
import { connectDocker } from '../harness/tier/runtime/docker.js';
import { describeMs, planOf } from './pieces.js';

const KILLS = 300;
const WARM_UP_MS = 5_000;
const LEAST_GAP_MS = 150;

runInTime(); // As each run does.
const plan = await planOf('scenarios/supervisor-swap.ts', 'release');
const runtime = await connectDocker();
const scope = new CleanupScope();
const abort = new AbortController();
const events = new Emitter<JournalEvent>();
const observe: Observe = (event) => events.emit({ atMs: monotonicMs(), ...event });
const live = new LiveView(events, postsOf(plan));
const random = seededRandom(plan.seed);
const lateMs: number[] = [];
let missed = 0;

try {
  const network = await runtime.createNetwork(`bench-${process.pid}`, 'punctuality', 'run');
  scope.defer('the tier', () => network.remove());
  const tier = await bootTier(
    plan,
    plan.environment.node,
    runtime,
    network,
    (line) => process.stderr.write(`${line}\n`),
    abort.signal,
  );
  const observers = await startObservers(plan, tier, 'bench', observe, abort.signal);
  scope.defer('the observers', () => observers.stop());
  const load = await engines.autocannon.start(
    plan.load,
    plan.seed,
    tier.balancer.reach(tier.balancerPlugin.port),
    observe,
    abort.signal,
  );
  scope.defer('the load', async () => {
    await load.stop(1_000);
  });
  await sleep(WARM_UP_MS);
  for (let nth = 0; nth < KILLS; nth += 1) {
    const dueMs = monotonicMs() + LEAST_GAP_MS + random.next() * LEAST_GAP_MS;
    const node = plan.nodes[nth % plan.nodes.length]!;
    const [victim] = victims(live.census(node), 'worker');
    await sleep(dueMs - monotonicMs());
    const taken = victim !== undefined && (await observers.signal(node, victim.key, 'KILL'));
    if (taken) lateMs.push(monotonicMs() - dueMs);
    else missed += 1;
  }
  process.stdout.write(`lateness of the signal  ${describeMs(lateMs)}  target p95 <= 15 ms; ${missed} had no victim\n`);
} finally {
  await scope.close();
}
process.exit(0);
