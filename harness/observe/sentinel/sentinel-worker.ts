// The sentinel's process: some requests a second through the balancer, each on a fresh connection, whatever else drives
// the load; it tells the edges of outages.
import { serveParent } from '../../core/child.js';
import { monotonicMs } from '../../core/clock.js';
import { Books } from '../../load/books.js';
import type { LoadTarget } from '../../load/engine.js';
import { OpenDriver } from '../../load/open/driver.js';
import type { LoadPlan } from '../../plan/load-plan.js';
import type { ObservedEvent } from '../../record/events.js';
import { LatenessBook } from '../lateness.js';
import { Edges } from './edges.js';

export interface SentinelOrder {
  readonly target: LoadTarget;
  readonly path: string;
  /** Requests a second. */
  readonly rate: number;
  /** So many failures in a row make an outage. */
  readonly inARow: number;
}

const FORGET_MS = 1_000;
/** The edge is when a request was due, however long it takes to be sure that it will not be answered. */
const TIMEOUT_MS = 2_000;

function planFor(path: string, rate: number): LoadPlan {
  return {
    engine: { kind: 'open', options: {} },
    model: 'open',
    requests: [{ name: 'sentinel', method: 'GET', path, headers: {}, weight: 1 }],
    stages: [{ level: rate, rampMs: 0 }],
    think: { kind: 'constant', ms: 0 },
    sessions: false,
    arrivals: 'even',
    connections: 'fresh',
    timeoutMs: TIMEOUT_MS,
  };
}

const lateness = new LatenessBook();
let driver: OpenDriver | undefined;

const tell = serveParent(
  (message) => {
    const { target, path, rate, inARow } = message as SentinelOrder;
    const edges = new Edges(inARow);
    const books = new Books(monotonicMs());
    setInterval(() => books.turn(rate), FORGET_MS); // Frames that nobody reads would pile up.
    driver = new OpenDriver({
      plan: planFor(path, rate),
      seed: 0,
      target,
      books,
      onOutcome: (outcome) => {
        lateness.add(outcome.sentMs - outcome.dueMs);
        const edge = edges.take(outcome);
        if (edge) tell({ kind: 'sentinel', ...edge } satisfies ObservedEvent);
      },
    });
    driver.start();
  },
  () => {
    driver?.close();
    tell({ kind: 'lateness', who: 'sentinel', ...lateness.result(), atMs: monotonicMs() } satisfies ObservedEvent);
    process.stdout.write('', () => process.exit(0));
  },
);
