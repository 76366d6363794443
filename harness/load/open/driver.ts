// The open model: each request is sent when it is due, whether or not the earlier ones have been answered. Drives the
// `open` engine in its process, and, at a few requests a second on fresh connections, the sentinel within the harness.
import { monotonicMs } from '../../core/clock.js';
import { seededRandom, type Random } from '../../core/random.js';
import { plannedLevelAt } from '../../plan/load-profile.js';
import type { LoadPlan } from '../../plan/load-plan.js';
import type { FailureKind } from '../../record/events.js';
import type { Books } from '../books.js';
import type { LoadTarget } from '../engine.js';
import { chooseByWeight } from '../habits.js';
import { originOf, UNKNOWN_ORIGIN, type Origin } from '../origin.js';
import { readsBody, wrongWith } from '../right-answer.js';
import { dueTimes } from './arrivals.js';
import type { Connection, Ending } from './connection.js';
import { Deadlines, type Timed } from './deadlines.js';
import { Pool } from './pool.js';
import { requestBytes } from './request-bytes.js';
import { boundsOfProcess, roomFor, type Bounds } from './room.js';

/** It looks again at the latest after so long, ms; setTimeout cannot wait longer than 24 days. */
const LONGEST_SLEEP_MS = 60_000;

/** So long it sends in one go, ms: when more is due than can be sent, answers and orders must have their turn too. */
const LONGEST_TURN_MS = 10;

/** So long it counts what it was behind with at its end, ms; the books are waited for. Only rates beyond all sense are more. */
const LONGEST_COUNT_MS = 2_000;

/** How one request ended. `kind` undefined: it was answered, and rightly. */
export interface Outcome {
  readonly dueMs: number;
  readonly sentMs: number;
  readonly endedMs: number;
  readonly kind: FailureKind | undefined;
  readonly origin: Origin;
}

export interface OpenDriverOptions {
  readonly plan: LoadPlan;
  readonly seed: number;
  readonly target: LoadTarget;
  readonly books: Books;
  /** Called for each request that was sent, when it is over. */
  readonly onOutcome?: (outcome: Outcome) => void;
  /** Absent: what this process can open. */
  readonly bounds?: Bounds;
}

interface Flight extends Timed {
  readonly request: number;
  readonly dueMs: number;
  readonly sentMs: number;
  readonly connection: Connection;
  isOver: boolean;
}

interface Asked {
  readonly bytes: Buffer;
  readonly bodiless: boolean;
  readonly keepBody: boolean;
}

export class OpenDriver {
  readonly #options: OpenDriverOptions;
  readonly #asked: readonly Asked[];
  readonly #weights: readonly number[];
  readonly #choices: Random;
  readonly #due: Generator<number, void, undefined>;
  readonly #pool: Pool;
  readonly #room: number;
  readonly #flights = new Deadlines<Flight>();
  #inFlight = 0;
  #startMs = Infinity;
  /** When the next request is due; Infinity: none will be. */
  #nextMs = Infinity;
  /** When it last set out to send all that was due. */
  #turnMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Immediate | undefined;

  constructor(options: OpenDriverOptions) {
    const { plan, seed, target } = (this.#options = options);
    const random = seededRandom(seed);
    this.#choices = random.fork('requests');
    this.#due = dueTimes(plan.stages, plan.arrivals, random.fork('arrivals'));
    this.#pool = new Pool(target, plan.connections);
    this.#room = roomFor(plan, options.bounds ?? boundsOfProcess());
    this.#weights = plan.requests.map(({ weight }) => weight);
    this.#asked = plan.requests.map((spec) => ({
      bytes: requestBytes(spec, target, plan.connections === 'fresh'),
      bodiless: spec.method === 'HEAD',
      keepBody: readsBody(spec.answer),
    }));
  }

  /** The first moment of the plan is `startMs`. */
  start(startMs: number = monotonicMs()): void {
    this.#startMs = startMs;
    this.#step();
    this.#tick();
  }

  /** Requests a second that are planned at a moment. */
  level(atMs: number): number {
    return Math.round(plannedLevelAt(this.#options.plan.stages, atMs - this.#startMs));
  }

  /** Sends nothing new; what is in flight may end. What it was behind with is unsent. */
  retire(): void {
    const untilMs = monotonicMs() + LONGEST_COUNT_MS;
    for (let now = monotonicMs(); this.#nextMs <= this.#turnMs && now < untilMs; now = monotonicMs()) {
      this.#options.books.leaveUnsent(now - this.#nextMs);
      this.#step();
    }
    this.#nextMs = Infinity;
  }

  /** Leaves everything; what is in flight stays so in the books. */
  close(): void {
    this.#nextMs = Infinity;
    clearTimeout(this.#timer);
    clearImmediate(this.#expiry);
    this.#pool.close();
  }

  #step(): void {
    const next = this.#due.next();
    this.#nextMs = next.done ? Infinity : this.#startMs + next.value;
  }

  /** On an absolute schedule: a turn that comes late sends what has become due, the next ones what is left of it. */
  #tick(): void {
    this.#turnMs = monotonicMs();
    const untilMs = this.#turnMs + LONGEST_TURN_MS;
    for (let now = monotonicMs(); this.#nextMs <= now && now < untilMs; now = monotonicMs()) {
      this.#send(this.#nextMs, now);
      this.#step();
    }
    this.#giveUpLate();
    const wakeMs = Math.min(this.#nextMs, this.#flights.nextMs() ?? Infinity);
    if (wakeMs === Infinity) return;
    // setTimeout cuts off fractions and would fire early; less than 1 ms is 1 ms to it.
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, Math.ceil(wakeMs - monotonicMs())));
    this.#timer = setTimeout(() => this.#tick(), sleepMs);
  }

  /** One that is later than its time-out is not sent: its user would be gone, and a generator that is behind must not fall further. */
  #send(dueMs: number, nowMs: number): void {
    const { books, plan } = this.#options;
    const request = chooseByWeight(this.#weights, this.#choices.next());
    const asked = this.#asked[request];
    const isTooLate = nowMs - dueMs > plan.timeoutMs;
    if (!asked || isTooLate || this.#inFlight >= this.#room) return books.leaveUnsent(nowMs - dueMs);
    books.offer(nowMs - dueMs);
    this.#inFlight += 1;
    const connection = this.#pool.take();
    const deadlineMs = nowMs + plan.timeoutMs;
    const flight: Flight = { request, dueMs, sentMs: nowMs, deadlineMs, connection, isOver: false };
    this.#flights.add(flight);
    connection.send({ ...asked, ended: (ending) => this.#ended(flight, ending) });
  }

  /** Answers that are already there are read first: timers have their turn before input has. */
  #giveUpLate(): void {
    const passedMs = monotonicMs();
    if (this.#expiry || (this.#flights.nextMs() ?? Infinity) > passedMs) return;
    this.#expiry = setImmediate(() => {
      this.#expiry = undefined;
      for (const flight of this.#flights.passed(passedMs)) {
        flight.connection.drop();
        this.#ended(flight, { failure: 'timeout' });
      }
    });
  }

  #ended(flight: Flight, ending: Ending): void {
    const { books, onOutcome, plan } = this.#options;
    const { request, dueMs, sentMs, connection } = flight;
    flight.isOver = true;
    this.#inFlight -= 1;
    this.#pool.giveBack(connection);
    const endedMs = monotonicMs();
    const kind = 'failure' in ending ? ending.failure : wrongWith(plan.requests[request]?.answer, ending.answer);
    const origin = 'failure' in ending ? UNKNOWN_ORIGIN : originOf(ending.answer.headers);
    if (kind === undefined) books.answer(endedMs - dueMs, { request, ...origin });
    else books.fail(kind, { request, ...origin });
    onOutcome?.({ dueMs, sentMs, endedMs, kind, origin });
  }
}
