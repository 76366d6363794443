// Progress of the bootstrap, on standard error: what is being done, and how long it took. Every long step goes through here.
const BEAT_MS = 15_000;

export function say(line) {
  process.stderr.write(`remuster: ${line}\n`);
}

/** Says what begins, that it still goes on, and how long it took. */
export async function step(what, work) {
  const startedAt = process.hrtime.bigint();
  const seconds = () => `${(Number(process.hrtime.bigint() - startedAt) / 1e9).toFixed(1)} s`;
  say(`${what} ...`);
  const beat = setInterval(() => say(`${what}: ${seconds()} so far`), BEAT_MS);
  try {
    const result = await work();
    say(`${what}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(beat);
  }
}

/** An end with a reason, a way out and an exit code; main.mjs prints it without a stack. */
export class Stop extends Error {
  constructor(exitCode, message, hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
