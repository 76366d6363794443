// Ends what takes too long. All users have the same time-out, so one timer serves them all: it is set for the oldest that is in
// flight, and costs a request nothing.
import { monotonicMs } from '../core/clock.js';

interface Waiting {
  /** When what is in flight was sent; undefined: nothing is. */
  readonly sentMs: number | undefined;
  giveUp(): void;
}

export function giveUpLate(users: readonly Waiting[], timeoutMs: number): void {
  // Answers that are already there are read first: timers have their turn before input has.
  const look = (): void => void setImmediate(end);
  const end = (): void => {
    const nowMs = monotonicMs();
    // What is sent from now on is due later than this.
    let nextMs = nowMs + timeoutMs;
    for (const user of users) {
      const dueMs = (user.sentMs ?? Infinity) + timeoutMs;
      if (dueMs <= nowMs) user.giveUp();
      else nextMs = Math.min(nextMs, dueMs);
    }
    // setTimeout cuts off fractions and would fire early.
    setTimeout(look, Math.ceil(nextMs - nowMs));
  };
  look();
}
