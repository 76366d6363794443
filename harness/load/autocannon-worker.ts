// The process of the autocannon engine: users who think, ramped by stages, each on a guarded client. autocannon's own
// histogram and error counters are not used.
import { createRequire } from 'node:module';
import { seededRandom, type Random } from '../core/random.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { AutocannonClient } from './autocannon-client.js';
import type { Books } from './books.js';
import { giveUpLate } from './give-up.js';
import { GuardedUser, type UserHabits } from './guarded-user.js';
import { chooseByWeight, thinkMs } from './habits.js';
import { keepCookies } from './session.js';
import { mostUsers, nextEntryMs } from './users.js';
import { serveLoad, type OfferedLoad, type StartOrder } from './worker.js';

type Run = (options: Record<string, unknown>) => PromiseLike<unknown>;

/** Loaded before the order to start: the time that it takes would make the first requests late. */
const run = createRequire(import.meta.url)('autocannon') as Run;

/** Longer than any run: deadlines are the guard's. autocannon takes seconds; setTimeout's limit is 24 days. */
const NEVER_S = 1_000_000;

serveLoad(begin);

function begin({ plan, seed, target }: StartOrder, startMs: number, books: Books): OfferedLoad {
  const users: GuardedUser[] = [];
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
    setupClient: (client: AutocannonClient) => {
      const seeHead = plan.sessions ? keepCookies(client, plan.requests, `${target.host}:${target.port}`) : undefined;
      users.push(newUser(client, users.length, plan, random, startMs, books, seeHead));
    },
  });
  giveUpLate(users, plan.timeoutMs);
  return {
    level: (atMs) => users.filter((user) => user.isPresent(atMs)).length,
    retire: () => {
      for (const user of users) user.retire();
    },
  };
}

function newUser(
  client: AutocannonClient,
  index: number,
  plan: LoadPlan,
  random: Random,
  startMs: number,
  books: Books,
  seeHead: UserHabits['seeHead'],
): GuardedUser {
  const own = random.fork(`user-${index}`);
  const weights = plan.requests.map((request) => request.weight);
  const user = new GuardedUser(
    client,
    {
      think: () => thinkMs(plan.think, own.next()),
      choose: () => chooseByWeight(weights, own.next()),
      isBodiless: (request) => plan.requests[request]?.method === 'HEAD',
      right: (request) => plan.requests[request]?.answer,
      admit: (atMs) => {
        const sinceMs = atMs - startMs;
        const entryMs = nextEntryMs(plan.stages, index, sinceMs);
        if (entryMs === undefined) return undefined;
        return entryMs > sinceMs ? startMs + entryMs : atMs; // The sum of the difference may not be quite the same.
      },
      seeHead,
    },
    books,
  );
  const entryMs = nextEntryMs(plan.stages, index, 0);
  if (entryMs !== undefined) user.start(startMs + entryMs, own.next());
  return user;
}
