// The writer's process: writes to every node on a schedule, each write on a fresh connection, tells which ones were
// acknowledged, and asks for them again: after a restart, and at the end.
import { randomUUID } from 'node:crypto';
import { everyMs, serveParent } from '../../core/child.js';
import { monotonicMs } from '../../core/clock.js';
import type { LoadTarget } from '../../load/engine.js';
import { Connection, type Ending } from '../../load/open/connection.js';
import { requestBytes } from '../../load/open/request-bytes.js';
import type { WritesPlan } from '../../plan/load-plan.js';
import type { ObservedEvent } from '../../record/events.js';
import { readBack } from './read-back.js';
import { beginningOf, idOf, READ_BACK_DONE } from './written.js';

export type WriterOrder =
  | {
      readonly order: 'start';
      readonly writes: WritesPlan;
      readonly targets: readonly (LoadTarget & { readonly node: string })[];
    }
  /** `nodes`: only these, and writing goes on; without it nobody writes any more. */
  | { readonly order: 'read-back'; readonly withinMs: number; readonly nodes?: readonly string[] };

const TELL_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 5_000;
/** A hung node gets no more: what it has accepted already is what counts. */
const MOST_IN_FLIGHT = 20;

class NodeWriter {
  readonly #name = `remuster-${randomUUID().slice(0, 8)}`;
  readonly #flights = new Set<Connection>();
  #sent = 0;
  #acknowledged: [number, number][] = [];
  #unknown = 0;
  #timers: { stop(): void }[] = [];

  constructor(
    readonly target: LoadTarget & { readonly node: string },
    readonly writes: WritesPlan,
    readonly tell: (event: ObservedEvent) => void,
  ) {}

  start(): void {
    const write = everyMs(
      () => this.writes.everyMs,
      () => this.#write(),
    );
    this.#timers = [
      write,
      everyMs(
        () => TELL_EVERY_MS,
        () => this.#say(),
      ),
    ];
  }

  #write(): void {
    if (this.#flights.size >= MOST_IN_FLIGHT) return;
    const { write } = this.writes;
    const number = this.#sent;
    this.#sent += 1;
    const id = idOf(this.#name, number);
    const path = write.path.replaceAll('{id}', encodeURIComponent(id));
    const spec = { name: 'write', weight: 1, ...write, path, body: write.body.replaceAll('{id}', id) };
    const connection = new Connection(this.target, () => undefined);
    const over = (isAcknowledged: boolean): void => {
      if (!this.#flights.delete(connection)) return;
      clearTimeout(deadline);
      if (isAcknowledged) this.#acknowledged.push([number, monotonicMs()]);
      else this.#unknown += 1;
    };
    const deadline = setTimeout(() => {
      connection.drop();
      over(false);
    }, ANSWER_WITHIN_MS);
    this.#flights.add(connection);
    const bytes = requestBytes(spec, this.target, true);
    connection.send({ bytes, bodiless: false, keepBody: false, ended: (ending) => over(isSuccess(ending)) });
  }

  #say(): void {
    if (this.#acknowledged.length + this.#unknown === 0) return;
    const now = monotonicMs();
    const acknowledged = this.#acknowledged.map(([number, atMs]) => [number, Math.round(now - atMs)] as const);
    this.tell({ kind: 'written', atMs: now, node: this.target.node, acknowledged, unknown: this.#unknown });
    this.#acknowledged = [];
    this.#unknown = 0;
  }

  /** Writes no more; what is on its way is unknown. */
  stop(): void {
    for (const timer of this.#timers) timer.stop();
    this.#unknown += this.#flights.size;
    for (const connection of this.#flights) connection.drop();
    this.#flights.clear();
    this.#say();
  }

  async readBack(untilMs: number, after: 'restart' | 'rounds'): Promise<void> {
    const asked = { name: this.#name, count: this.#sent, untilMs };
    const back = await readBack(this.target, this.writes.read, asked);
    this.tell({
      ...{ kind: 'read-back', node: this.target.node, after, ok: back.ok, ids: beginningOf(this.#name) },
      ...(back.ok ? { atMs: back.askedMs, ...back.read } : { found: [], twice: [] }),
      evidence: back.ok ? `GET ${this.writes.read.path}` : back.evidence,
    });
  }
}

function isSuccess(ending: Ending): boolean {
  return 'answer' in ending && ending.answer.status >= 200 && ending.answer.status < 300;
}

let writers: readonly NodeWriter[] = [];

function stopWriting(): void {
  for (const writer of writers) writer.stop();
}

const tell = serveParent(
  (message) => {
    const order = message as WriterOrder;
    if (order.order === 'start') {
      writers = order.targets.map((target) => new NodeWriter(target, order.writes, tell));
      for (const writer of writers) writer.start();
      return;
    }
    const { nodes, withinMs } = order;
    if (!nodes) stopWriting();
    const untilMs = monotonicMs() + withinMs;
    const asked = nodes ? writers.filter(({ target }) => nodes.includes(target.node)) : writers;
    const after = nodes ? 'restart' : 'rounds';
    void Promise.all(asked.map((writer) => writer.readBack(untilMs, after))).then(() => tell(READ_BACK_DONE));
  },
  () => {
    stopWriting();
    process.stdout.write('', () => process.exit(0));
  },
);
