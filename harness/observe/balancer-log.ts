// Reads the balancer's log: each request becomes a count in 100 ms x node x generation x outcome; state changes of
// backends become events. Attach before the load starts.
import { monotonicMs, sleep, wallOffsetMs } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { BalancerLine, Balancer } from '../tier/plugins.js';
import type { Container } from '../tier/runtime/runtime.js';
import type { Observe, TrafficCell } from '../record/events.js';
import { LatenessBook } from './lateness.js';

const FRAME_MS = 100;
/** A frame is written when it is over by so much: lines come a little late. */
const SETTLE_MS = 200;
/** At the end: the last lines may still be on their way; those of requests that hang never come. */
const LAST_LINES_MS = 1_000;
const LOOK_EVERY_MS = 20;

type Counts = Map<string, { -readonly [K in keyof TrafficCell]: TrafficCell[K] }>;
type RequestLine = Extract<BalancerLine, { kind: 'request' }>;

export interface BalancerLog {
  /** Writes what is left and the balancer's books against the lines read. */
  stop(): Promise<void>;
}

export async function readBalancerLog(balancer: Container, plugin: Balancer, observe: Observe): Promise<BalancerLog> {
  const frames = new Map<number, Counts>();
  const lateness = new LatenessBook();
  // Measured again and again: somebody may set the wall clock, and both clocks drift apart in a soak.
  let offsetMs = wallOffsetMs();
  let linesRead = 0;
  let stopped = false;
  const before = await plugin.books(balancer);
  const fromMs = monotonicMs();
  let isOurs = false;

  const detach = await balancer.attachOutput(
    (line) => {
      const parsed = plugin.parseLine(line);
      if (parsed?.kind === 'request') {
        // The engine may hand over late what was written before the books were opened: nobody's load, and in no books.
        isOurs ||= parsed.endedWallMs - offsetMs > fromMs;
        if (!isOurs) return;
        // A line without a status tells of a request that nobody answered; the balancer's books count answers.
        if (parsed.status > 0) linesRead += 1;
        lateness.add(Math.max(0, monotonicMs() - (parsed.endedWallMs - offsetMs)));
        count(frames, parsed, offsetMs);
      } else if (parsed) {
        observe(
          parsed.reason === undefined
            ? { kind: 'backend', node: parsed.node, up: parsed.up, word: parsed.word }
            : { kind: 'backend', node: parsed.node, up: parsed.up, word: parsed.word, reason: parsed.reason },
        );
      }
    },
    () => {
      if (!stopped) observe({ kind: 'blind', who: 'balancer-log', state: 'lost', evidence: 'the log stream ended' });
    },
  );
  const flush = (all: boolean): void => {
    const overMs = monotonicMs() - SETTLE_MS - FRAME_MS;
    for (const [atMs, cells] of [...frames].sort((a, b) => a[0] - b[0])) {
      if (!all && atMs > overMs) continue;
      frames.delete(atMs);
      observe({ kind: 'traffic', atMs, cells: [...cells.values()] });
    }
  };
  const timer = setInterval(() => {
    offsetMs = wallOffsetMs();
    flush(false);
  }, FRAME_MS);

  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(timer);
      try {
        const after = await plugin.books(balancer);
        const untilMs = monotonicMs() + LAST_LINES_MS;
        const wanted = after.requestsServed - before.requestsServed - (after.droppedLogs - before.droppedLogs);
        while (linesRead < wanted && monotonicMs() < untilMs) await sleep(LOOK_EVERY_MS);
        flush(true);
        observe({
          kind: 'balancer-books',
          linesRead,
          requestsServed: after.requestsServed - before.requestsServed,
          droppedLogs: after.droppedLogs - before.droppedLogs,
        });
      } catch (error) {
        flush(true);
        observe({ kind: 'blind', who: 'balancer-log', state: 'lost', evidence: messageOf(error) });
      }
      if (linesRead > 0) observe({ kind: 'lateness', who: 'balancer-log', ...lateness.result() });
      detach();
    },
  };
}

function count(frames: Map<number, Counts>, line: RequestLine, offsetMs: number): void {
  const atMs = Math.floor((line.endedWallMs - offsetMs) / FRAME_MS) * FRAME_MS;
  let cells = frames.get(atMs);
  if (!cells) {
    cells = new Map() as Counts;
    frames.set(atMs, cells);
  }
  const outcome = isWhole(line) ? 'ok' : 'failed';
  const key = `${line.node ?? ''}|${line.generation ?? ''}|${line.status}|${outcome}`;
  const cell = cells.get(key) ?? {
    node: line.node,
    generation: line.generation,
    outcome,
    status: line.status,
    count: 0,
    retried: 0,
  };
  cell.count += 1;
  if (line.retries > 0) cell.retried += 1;
  cells.set(key, cell);
}

/** Status -1: somebody left before there was an answer. A good status says nothing of an answer that was cut off. */
function isWhole({ status, wasCut }: RequestLine): boolean {
  return status >= 200 && status < 500 && !wasCut;
}
