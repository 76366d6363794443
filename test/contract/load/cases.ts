// What can happen to a server under load, as steps that any generator can be put under: the contract suite looks at its
// engines in between, bench/honest-load plays them to other programs too. Steps wait by the server's own log.
import { monotonicMs, sleep, waitFor } from '../../../harness/core/clock.js';
import type { RequestSpec } from '../../../harness/plan/load-plan.js';
import type { CountingServer } from './served.js';

export const WAIT_MS = 30_000;
export const USERS = 12;
export const FREEZE_MS = 3_000;
/** More than the buffers of a connection take. */
const UPLOAD_BYTES = 8_000_000;
const TIMEOUT_MS = 5_000;
/** Long enough for every user to have asked a server that stands still. */
const STUCK_MS = 700;
const CUTS = 5;

/** One counting server, or what stands for one (a balancer with several behind it). */
export interface Served extends Pick<
  CountingServer,
  'received' | 'completed' | 'halves' | 'times' | 'signal' | 'order' | 'kill'
> {
  start(): Promise<unknown>;
}

export interface LoadCase {
  readonly title: string;
  readonly requests: readonly RequestSpec[];
  readonly timeoutMs: number;
  /** Waits until the load has come so far that the server can be struck. */
  begin(server: Served): Promise<void>;
  /** Tells when it was struck, monotonic ms. `stuck` waits until those who ask a server that stands still are many. */
  strike?(server: Served, stuck?: () => Promise<unknown>): Promise<number>;
  /** How long it stays so, where nobody watches what the load makes of it. */
  readonly holdMs?: number;
  /** Makes it well again; from then on it answers. */
  heal?(server: Served): Promise<unknown>;
}

export function request(path: string, more: Partial<RequestSpec> = {}): RequestSpec {
  return { name: path, method: 'GET', path, headers: {}, weight: 1, ...more };
}

const OK = { requests: [request('/ok')], timeoutMs: TIMEOUT_MS, begin: answers(50) };
const restarts = { holdMs: 3_000, heal: (server: Served) => server.start() };

export const cases = {
  steady: {
    ...OK,
    title: 'nothing happens',
    requests: [request('/ok', { weight: 8 }), request('/chunked', { weight: 2 })],
    begin: answers(400),
  },
  killed: {
    ...OK,
    ...restarts,
    title: 'killed while it works on requests, back after 3 s',
    begin: answers(100),
    strike: (server) => server.kill(),
  },
  killedUnread: {
    ...OK,
    ...restarts,
    title: 'killed with requests that it never read',
    strike: async (server, stuck = () => sleep(STUCK_MS)) => {
      server.signal('SIGSTOP');
      await stuck();
      return server.kill();
    },
  },
  killedHalfRead: {
    ...restarts,
    title: 'killed with requests that it has read in part',
    requests: [request('/upload', { method: 'POST', body: 'x'.repeat(UPLOAD_BYTES) }), request('/ok', { weight: 3 })],
    timeoutMs: WAIT_MS,
    begin: until('some to be read in part', (server) => server.times('upload').length >= 5),
    strike: (server) => server.kill(),
  },
  killedHalfAnswered: {
    ...restarts,
    title: 'killed with answers that are sent in part',
    // Users all end up at a half answer, and stay there: the time-out is further away than the kill.
    requests: [request('/half'), request('/ok', { weight: 3 })],
    timeoutMs: WAIT_MS,
    begin: until('everybody to wait for the rest of a body', ({ halves }) => halves >= USERS),
    strike: (server) => server.kill(),
  },
  fin: { ...OK, title: `ends its connections with FIN, ${CUTS} times`, strike: cutsBy('fin') },
  rst: { ...OK, title: `ends its connections with RST, ${CUTS} times`, strike: cutsBy('rst') },
  refused: { ...OK, ...restarts, title: 'refuses for 15 s', holdMs: 15_000, strike: (server) => server.kill() },
  frozen: {
    ...OK,
    title: 'frozen for 3 s',
    timeoutMs: WAIT_MS,
    holdMs: FREEZE_MS,
    strike: async (server) => {
      server.signal('SIGSTOP');
      return Promise.resolve(monotonicMs());
    },
    heal: async (server) => Promise.resolve(server.signal('SIGCONT')),
  },
  slow: { ...OK, title: 'takes 400 ms for a body', requests: [request('/slow')], begin: answers(30) },
  busy: { ...OK, title: 'answers 503 with a body', requests: [request('/busy')] },
  renewed: {
    ...OK,
    title: 'restarts in place: listener kept, connections ended politely',
    strike: async (server) => {
      await server.order('renew');
      return monotonicMs();
    },
  },
} as const satisfies Readonly<Record<string, LoadCase>>;

function answers(count: number): (server: Served) => Promise<void> {
  return until(`${count} answers`, (server) => server.completed >= count);
}

/** Each time with a request on its way; tells when the first of them was. */
function cutsBy(word: 'fin' | 'rst'): (server: Served) => Promise<number> {
  return async (server) => {
    for (let time = 1; time <= CUTS; time += 1) {
      await server.order(word);
      await answers(server.completed + 20)(server);
    }
    return server.times('cut')[0] ?? monotonicMs();
  };
}

function until(what: string, isTrue: (server: Served) => boolean): (server: Served) => Promise<void> {
  return (server) =>
    waitFor(
      () =>
        isTrue(server)
          ? { done: true, value: undefined }
          : { done: false, evidence: `the server has read ${server.received} and answered ${server.completed}` },
      { what, deadlineMs: WAIT_MS, everyMs: 20 },
    );
}
