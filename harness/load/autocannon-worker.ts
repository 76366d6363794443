// The process of the autocannon engine: users who think, ramped by stages, each on a guarded client; frames to the
// parent ten times a second. autocannon's own histogram and error counters are not used.
import { createRequire } from 'node:module';
import { serveParent } from '../core/child.js';
import { monotonicMs } from '../core/clock.js';
import { seededRandom, type Random } from '../core/random.js';
import { stageTimes } from '../plan/load-profile.js';
import type { LoadPlan } from '../plan/plan.js';
import type { ObservedEvent } from '../record/events.js';
import type { AutocannonClient } from './autocannon-client.js';
import { Books, type BookedFrame } from './books.js';
import type { EngineOrder } from './engine-process.js';
import type { AutocannonOptions } from './engines/autocannon.js';
import { GuardedUser } from './guarded-user.js';
import { chooseByWeight, thinkMs } from './habits.js';
import { mostUsers, nextEntryMs } from './users.js';

type Run = (options: Record<string, unknown>) => PromiseLike<unknown>;

/** Loaded before the order to start: the time that it takes would make the first requests late. */
const run = createRequire(import.meta.url)('autocannon') as Run;

const FRAME_LOOK_MS = 100;
/** Longer than any run: deadlines are the guard's. autocannon takes seconds; setTimeout's limit is 24 days. */
const NEVER_S = 1_000_000;
const STOP_LOOK_MS = 10;

const tell = serveParent(
  (message) => {
    const order = message as EngineOrder;
    if (order.order === 'start') start(order);
    else void stop(order.graceMs);
  },
  () => process.exit(0),
);
const say = (event: ObservedEvent): void => tell(event);

const users: GuardedUser[] = [];
let books: Books | undefined;

function start({ plan, seed, target }: Extract<EngineOrder, { order: 'start' }>): void {
  const startMs = monotonicMs();
  const running = (books = new Books(startMs));
  say({ kind: 'load', state: 'started', atMs: startMs });
  const random = seededRandom(seed);
  void run({
    url: `http://${target.host}:${target.port}`,
    connections: Math.max(1, mostUsers(plan.stages)),
    duration: NEVER_S,
    timeout: NEVER_S,
    requests: plan.requests.map(({ method, path, headers, body }) => ({
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
    })),
    setupClient: (client: AutocannonClient) =>
      users.push(newUser(client, users.length, plan, random, startMs, running)),
  });
  for (const [stage, { level, reachedMs }] of stageTimes(plan.stages).entries()) {
    setTimeout(() => say({ kind: 'load', state: 'stage', stage, level }), reachedMs);
  }
  setInterval(() => tellFrames(running.turn(presentUsers())), FRAME_LOOK_MS);
  const { stall: stallMs } = plan.engine.options as AutocannonOptions;
  if (stallMs > 0) setInterval(() => stall(stallMs), 1_000);
}

function newUser(
  client: AutocannonClient,
  index: number,
  plan: LoadPlan,
  random: Random,
  startMs: number,
  running: Books,
): GuardedUser {
  const own = random.fork(`user-${index}`);
  const weights = plan.requests.map((request) => request.weight);
  const user = new GuardedUser(
    client,
    {
      timeoutMs: plan.timeoutMs,
      think: () => thinkMs(plan.think, own.next()),
      choose: () => chooseByWeight(weights, own.next()),
      isBodiless: (request) => plan.requests[request]?.method === 'HEAD',
      admit: (atMs) => {
        const sinceMs = atMs - startMs;
        const entryMs = nextEntryMs(plan.stages, index, sinceMs);
        if (entryMs === undefined) return undefined;
        return entryMs > sinceMs ? startMs + entryMs : atMs; // The sum of the difference may not be quite the same.
      },
    },
    running,
  );
  const entryMs = nextEntryMs(plan.stages, index, 0);
  if (entryMs !== undefined) user.start(startMs + entryMs, own.next());
  return user;
}

function tellFrames(frames: readonly BookedFrame[]): void {
  for (const frame of frames) say({ kind: 'load-frame', ...frame });
}

function presentUsers(): number {
  const now = monotonicMs();
  return users.filter((user) => user.isPresent(now)).length;
}

/** The rig of a negative control: a generator that cannot keep its schedule. */
function stall(ms: number): void {
  const untilMs = monotonicMs() + ms;
  while (monotonicMs() < untilMs);
}

let stopping = false;

async function stop(graceMs: number): Promise<void> {
  if (stopping || !books) return;
  stopping = true;
  const running = books;
  for (const user of users) user.retire();
  const untilMs = monotonicMs() + graceMs;
  while (running.inFlight > 0 && monotonicMs() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, STOP_LOOK_MS));
  tellFrames(running.last(0));
  say({ kind: 'load', state: 'stopped', totals: running.totals() });
}
