// What the process of every load engine does: takes orders from its parent, tells frames ten times a second and the
// stages as they are reached, and gives its books when it is stopped. How the load is made is the engine's.
import { serveParent } from '../core/child.js';
import { monotonicMs } from '../core/clock.js';
import { stageTimes } from '../plan/load-profile.js';
import type { ObservedEvent } from '../record/events.js';
import { Books, type BookedFrame } from './books.js';
import type { EngineOrder } from './engine-process.js';

/** As long as a frame of the books. */
const FRAME_MS = 100;
const STOP_LOOK_MS = 10;
const STALL_EVERY_MS = 1_000;

export type StartOrder = Extract<EngineOrder, { order: 'start' }>;

export interface OfferedLoad {
  /** Users that are there, or requests a second that are planned, at a moment not long ago. */
  level(atMs: number): number;
  /** Offers nothing new; what is in flight may end. */
  retire(): void;
}

/** Serves the parent until it closes the input. `begin`: starts to offer, and books it. */
export function serveLoad(begin: (order: StartOrder, startMs: number, books: Books) => OfferedLoad): void {
  const tell = serveParent(
    (message) => {
      const order = message as EngineOrder;
      if (order.order === 'start') start(order);
      else void stop(order.graceMs);
    },
    () => process.exit(0),
  );
  const say = (event: ObservedEvent): void => tell(event);
  const tellFrames = (frames: readonly BookedFrame[], level: OfferedLoad['level']): void => {
    // A process that was held up tells several frames at once, each with the level of its own time.
    for (const frame of frames) say({ kind: 'load-frame', ...frame, level: level(frame.atMs + FRAME_MS) });
  };
  let running: { readonly load: OfferedLoad; readonly books: Books } | undefined;
  let stopping = false;

  function start(order: StartOrder): void {
    const startMs = monotonicMs();
    const books = new Books(startMs);
    say({ kind: 'load', state: 'started', atMs: startMs });
    const load = begin(order, startMs, books);
    running = { load, books };
    for (const [stage, { level, reachedMs }] of stageTimes(order.plan.stages).entries()) {
      setTimeout(() => say({ kind: 'load', state: 'stage', stage, level }), reachedMs);
    }
    setInterval(() => tellFrames(books.turn(0), (endMs) => load.level(endMs)), FRAME_MS);
    const { stall: stallMs } = order.plan.engine.options as { readonly stall?: number };
    if (stallMs !== undefined && stallMs > 0) setInterval(() => stall(stallMs), STALL_EVERY_MS);
  }

  async function stop(graceMs: number): Promise<void> {
    if (stopping || !running) return;
    stopping = true;
    const { load, books } = running;
    load.retire();
    const untilMs = monotonicMs() + graceMs;
    while (books.inFlight > 0 && monotonicMs() < untilMs)
      await new Promise((resolve) => setTimeout(resolve, STOP_LOOK_MS));
    tellFrames(books.last(0), () => 0);
    say({ kind: 'load', state: 'stopped', totals: books.totals() });
  }
}

/** The rig of a negative control: a generator that cannot keep its schedule. */
function stall(ms: number): void {
  const untilMs = monotonicMs() + ms;
  while (monotonicMs() < untilMs);
}
