// What pm2 7.0.3 promises, from its lib/God.js: data for the plan, worked out of the options. Pure.
import type { RestartPromise, ServiceEnd } from '../../plan/promise.js';
import type { Pm2Options } from './pm2.js';

const MIB = 1024 ** 2;
/** lib/God.js: the delay grows by half each time, up to this. */
const BACKOFF = { factor: 1.5, mostMs: 15_000 } as const;

export function promiseOf(chosen: Pm2Options): RestartPromise {
  const budget = budgetOf(chosen);
  return {
    restartsAfter: endsOf(chosen),
    followsInPlace: 'same-pid',
    words: {
      online: 'it was spawned; whether it listens is not asked',
      launching: 'a start is under way',
      stopping: 'the stop signal was sent; SIGKILL follows after the kill timeout',
      stopped: 'stopped, or ended and no restart was wanted',
      'waiting restart':
        'it waits for the restart delay before the next start; where it has no pid any more it has given up all the same',
      errored: 'too many restarts that were too short: it has given up',
      'not in its list': 'the daemon knows no process of that name; a new daemon knows none',
      unreachable: 'the daemon does not answer',
    },
    restartDelayMs: chosen.expBackoff ?? chosen.restartDelay,
    ...(chosen.expBackoff === undefined ? {} : { restartDelayGrowsToMs: BACKOFF.mostMs }),
    // It is the parent of what it runs.
    noticeMs: 100,
    ...(budget ? { budget } : {}),
    runningWords: ['online'],
    settlesWithinMs: 1_000,
    holdsListener: chosen.execMode === 'cluster',
    respawnsItself: false,
    policies:
      chosen.maxMemoryRestart === undefined
        ? []
        : [
            {
              name: 'memory',
              periodMs: chosen.workerInterval,
              limit: `${Math.round(chosen.maxMemoryRestart / MIB)} MiB`,
              mainProcessOnly: true,
            },
          ],
    policyOptions: { memory: { maxMemoryRestart: '300MiB' } },
  };
}

/** handleExit takes the exit code of a signal for 0, so a code 0 among the stop codes lets crashes by signal lie too. */
function endsOf({ autorestart, stopExitCodes }: Pm2Options): readonly ServiceEnd[] {
  if (!autorestart) return [];
  return stopExitCodes.includes(0) ? ['error'] : ['signal', 'error', 'clean-exit'];
}

/**
 * maxRestarts ends of a process younger than minUptime, all within maxRestarts x minUptime of its creation or of the
 * last restart by command. Delays that do not fit into that time leave no budget: it never gives up then.
 */
function budgetOf(chosen: Pm2Options): RestartPromise['budget'] {
  const restarts = Math.max(0, chosen.maxRestarts - 1);
  const withinMs = chosen.minUptime * chosen.maxRestarts;
  if (delaysMs(chosen, restarts) >= withinMs && restarts > 0) return undefined;
  const isDelayed = chosen.restartDelay > 0 || chosen.expBackoff !== undefined;
  return {
    restarts,
    withinMs,
    // The word of the delay is written over `errored`.
    thenState: isDelayed ? 'waiting restart' : 'errored',
    youngerThanMs: chosen.minUptime,
    countsFrom: 'command',
  };
}

function delaysMs({ restartDelay, expBackoff }: Pm2Options, restarts: number): number {
  let total = 0;
  for (let restart = 0, next = expBackoff ?? restartDelay; restart < restarts; restart += 1) {
    total += next;
    if (expBackoff !== undefined) next = Math.floor(Math.min(BACKOFF.mostMs, next * BACKOFF.factor));
  }
  return total;
}
