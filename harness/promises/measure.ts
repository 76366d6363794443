// Measures what a supervisor really does with a service that ends, on the real engine: after which ends it starts it again,
// after how long, how many times, and what it says when it has given up. compare.ts holds it against the promise.
import { monotonicMs, sleep } from '../core/clock.js';
import { HarnessError } from '../core/errors.js';
import type { ServiceEnd } from '../plan/promise.js';
import type { SupervisorState } from '../record/events.js';
import { nodeImage } from '../tier/images/recipes.js';
import type { Node, Supervisor } from '../tier/plugins.js';
import type { Runtime } from '../tier/runtime/runtime.js';
import { END_SIGNAL, STARTS, subject } from './subject.js';

/** The smallest node image: what is measured needs no web server. */
const GROUND = 'node-ruby';
const LOOK_EVERY_MS = 50;
const FIRST_START_MS = 30_000;
/** A supervisor that has not started it by then does not. monit waits 30 s for a start that it has not seen succeed; monit(1). */
const NEVER_MS = 45_000;
/** With a final word it need not be waited for so long. */
const FINAL_FOR_MS = 4_000;
const FINAL: readonly SupervisorState[] = ['failed', 'stopped', 'unmonitored'];
/** Beyond the promise, so that a larger budget than the promised one shows. */
const BEYOND = 3;
const WITHOUT_BUDGET = 6;

export interface MeasuredEnd {
  readonly restarted: boolean;
  /** From the signal to the first line of the next process; absent: it was not started again. */
  readonly afterMs?: number;
  readonly stateAfter: SupervisorState;
  readonly wordAfter: string;
}

export interface MeasuredBudget {
  /** Restarts that it made while each new process was killed at once. */
  readonly restarts: number;
  readonly gaveUp: boolean;
  readonly tookMs: number;
  readonly stateAfter: SupervisorState;
  readonly wordAfter: string;
}

export interface Measurement {
  readonly supervisor: string;
  readonly ends: Readonly<Record<ServiceEnd, MeasuredEnd>>;
  readonly budget: MeasuredBudget;
  /** Words seen while the service ran undisturbed. */
  readonly runningWord: string;
}

interface Start {
  readonly pid: number;
  readonly wallMs: number;
}

/** Throws `boot-failed` when the supervisor does not even start the service once. */
export async function measure(
  runtime: Runtime,
  supervisor: Supervisor,
  options: unknown,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<Measurement> {
  const bench = new Bench(runtime, supervisor, options, progress, signal);
  const ends = {} as Record<ServiceEnd, MeasuredEnd>;
  let runningWord = '';
  for (const end of ['signal', 'error', 'clean-exit'] as const) {
    const found = await bench.with(`after ${end}`, async (node) => {
      runningWord = (await settled(node, supervisor, options, signal)).word;
      return once(node, end, signal);
    });
    ends[end] = found;
    const outcome = found.restarted ? `restarted after ${(found.afterMs ?? 0).toFixed(0)} ms` : 'not restarted';
    progress(`${supervisor.name}: ${end}: ${outcome}, says "${found.wordAfter}"`);
  }
  const promised = supervisor.promise(options).budget?.restarts;
  const most = promised === undefined ? WITHOUT_BUDGET : promised + BEYOND;
  const budget = await bench.with('again and again', (node) => untilItGivesUp(node, most, signal));
  const verdict = budget.gaveUp ? `gave up after ${budget.restarts}` : `did not give up in ${budget.restarts} restarts`;
  progress(`${supervisor.name}: ${verdict}, says "${budget.wordAfter}"`);
  return { supervisor: supervisor.name, ends, budget, runningWord };
}

/** Boots one node for one experiment and takes it away. */
class Bench {
  readonly #take: readonly [Runtime, Supervisor, unknown, (line: string) => void, AbortSignal];
  #nth = 0;

  constructor(...take: readonly [Runtime, Supervisor, unknown, (line: string) => void, AbortSignal]) {
    this.#take = take;
  }

  async with<T>(what: string, work: (node: Node) => Promise<T>): Promise<T> {
    const [runtime, supervisor, options, progress, signal] = this.#take;
    const image = await runtime.ensureImage(nodeImage(GROUND, supervisor.image), progress, signal);
    const runId = `promise-${process.pid}-${supervisor.name}-${Date.now().toString(36)}`;
    const network = await runtime.createNetwork(runId, String((this.#nth += 1)), 'run');
    try {
      const recipe = supervisor.recipe(subject, options);
      const container = await network.create({
        ...recipe.container,
        name: 'web-1',
        image,
        files: [...subject.files, ...recipe.files],
        publish: [subject.port],
      });
      const node: Node = { name: 'web-1', container, supervisor, supervisorOptions: options, service: subject };
      for (const argv of recipe.start) {
        const { exitCode, stdout, stderr } = await container.exec(argv, { signal });
        if (exitCode !== 0)
          throw new HarnessError(
            'boot-failed',
            `${supervisor.name}, ${what}: ${argv.join(' ')} ended with ${exitCode}`,
            {
              evidence: (stderr || stdout).trim(),
            },
          );
      }
      if ((await startsAfter(node, 0, FIRST_START_MS, signal)).length === 0)
        throw new HarnessError('boot-failed', `${supervisor.name} did not start the service`, {
          evidence: (await supervisor.status(node)).raw,
        });
      return await work(node);
    } finally {
      await network.remove();
    }
  }
}

async function starts(node: Node): Promise<readonly Start[]> {
  // Not by a command: under the engine's own policy the node is down while the service is. Absent before the first start.
  const text = await node.container.readFile(STARTS).catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ').map(Number))
    .map(([pid = 0, seconds = 0]) => ({ pid, wallMs: seconds * 1_000 }));
}

/** The starts beyond the first `known`, as soon as there is one; none when it gave up, or has had its time. */
async function startsAfter(
  node: Node,
  known: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<readonly Start[]> {
  const startedMs = monotonicMs();
  let finalSinceMs: number | undefined;
  for (;;) {
    const all = await starts(node);
    if (all.length > known) return all.slice(known);
    const nowMs = monotonicMs();
    const { state } = known === 0 ? { state: 'starting' as const } : await node.supervisor.status(node);
    finalSinceMs = FINAL.includes(state) ? (finalSinceMs ?? nowMs) : undefined;
    if (nowMs - startedMs > deadlineMs || nowMs - (finalSinceMs ?? nowMs) > FINAL_FOR_MS) return [];
    await sleep(LOOK_EVERY_MS, signal);
  }
}

/** Until it says that the service runs, so that an end is an end of a running service; a word that never comes is told. */
async function settled(node: Node, supervisor: Supervisor, options: unknown, signal: AbortSignal) {
  const { runningWords, settlesWithinMs } = supervisor.promise(options);
  const deadlineMs = monotonicMs() + settlesWithinMs + FIRST_START_MS;
  for (;;) {
    const status = await supervisor.status(node);
    if (runningWords.includes(status.word) || monotonicMs() > deadlineMs) return status;
    await sleep(LOOK_EVERY_MS, signal);
  }
}

/** The time inside the node: engine and remuster may be on two machines. */
async function end(node: Node, pid: number, how: ServiceEnd): Promise<number> {
  const send = `use Time::HiRes 'time'; printf "%.3f", time; kill '${END_SIGNAL[how]}', ${pid};`;
  const { stdout } = await node.container.exec(['perl', '-e', send]);
  return Number(stdout) * 1_000;
}

async function once(node: Node, how: ServiceEnd, signal: AbortSignal): Promise<MeasuredEnd> {
  const before = await starts(node);
  const endedWallMs = await end(node, before.at(-1)!.pid, how);
  const [next] = await startsAfter(node, before.length, NEVER_MS, signal);
  const { state, word } = await node.supervisor.status(node);
  return next
    ? { restarted: true, afterMs: next.wallMs - endedWallMs, stateAfter: state, wordAfter: word }
    : { restarted: false, stateAfter: state, wordAfter: word };
}

async function untilItGivesUp(node: Node, most: number, signal: AbortSignal): Promise<MeasuredBudget> {
  const startedMs = monotonicMs();
  let known = await starts(node);
  let restarts = 0;
  let gaveUp = false;
  while (restarts < most) {
    await end(node, known.at(-1)!.pid, 'signal');
    if ((await startsAfter(node, known.length, NEVER_MS, signal)).length === 0) {
      gaveUp = true;
      break;
    }
    known = await starts(node);
    restarts += 1;
  }
  const { state, word } = await node.supervisor.status(node);
  return { restarts, gaveUp, tookMs: monotonicMs() - startedMs, stateAfter: state, wordAfter: word };
}
