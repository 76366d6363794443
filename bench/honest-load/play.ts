// One case under one generator: the server is struck and healed by the clock, whatever the generator makes of it, and its
// log says afterwards what was true.
import { monotonicMs, sleep } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import type { LoadCase } from '../../test/contract/load/cases.js';
import type { Account, Generator } from './generator.js';
import type { World } from './world.js';

/** From well again until the generator is stopped. */
const AFTER_MS = 3_000;

/** By the server's log. Times are monotonic ms, absent where nothing of the kind happened. */
export interface Truth {
  readonly read: number;
  readonly answered: number;
  /** It had read them, and ended their connections. */
  readonly cut: number;
  readonly struckMs?: number;
  readonly wellMs?: number;
}

export interface Row {
  readonly generator: string;
  readonly truth: Truth;
  readonly account: Account;
}

export interface NotPlayed {
  readonly generator: string;
  readonly why: string;
}

export interface CaseResult {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly (Row | NotPlayed)[];
}

export async function play(
  generator: Generator,
  outage: LoadCase,
  newWorld: () => Promise<World>,
  signal: AbortSignal,
): Promise<Row | NotPlayed> {
  const world = await newWorld();
  try {
    const running = await generator.start(outage, world.target, signal);
    const times = await happen(outage, world, signal).catch(async (error: unknown) => {
      await running.stop().catch(() => undefined);
      throw error;
    });
    const account = await running.stop();
    return {
      generator: generator.name,
      account,
      truth: { read: world.received, answered: world.completed, cut: world.times('cut').length, ...times },
    };
  } catch (error) {
    signal.throwIfAborted();
    return { generator: generator.name, why: messageOf(error) };
  } finally {
    await world.remove();
  }
}

async function happen(
  outage: LoadCase,
  world: World,
  signal: AbortSignal,
): Promise<Pick<Truth, 'struckMs' | 'wellMs'>> {
  await outage.begin(world);
  if (!outage.strike) return {};
  const struckMs = await outage.strike(world);
  await sleep(outage.holdMs ?? 0, signal);
  if (!outage.heal) {
    await sleep(AFTER_MS, signal);
    return { struckMs };
  }
  const before = world.times('listening').length;
  await outage.heal(world);
  const healedMs = monotonicMs();
  const lives = world.times('listening');
  await sleep(AFTER_MS, signal);
  // A new process says itself when it listens; one that was only frozen goes on when it is told to.
  return { struckMs, wellMs: (lives.length > before ? lives.at(-1) : undefined) ?? healedMs };
}

export function wasPlayed(row: Row | NotPlayed): row is Row {
  return 'account' in row;
}
