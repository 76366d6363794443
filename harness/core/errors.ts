// The one error class and the one list of exit codes. Everything that can end a run early throws a HarnessError;
// cli.ts turns it into an exit code.

/** Exit codes of the program (DESIGN 11). A CI job can rely on each one meaning one thing. */
export const EXIT = {
  pass: 0,
  internal: 1,
  usage: 2,
  fail: 99,
  inconclusive: 100,
  bootFailed: 101,
  timedOut: 102,
  leftBehind: 103,
  invalid: 104,
  notSteady: 106,
  cannotRunHere: 107,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** When several exit codes apply to one run, the first in this list is the one that the program ends with. */
export const EXIT_PRECEDENCE: readonly ExitCode[] = [1, 130, 143, 99, 101, 106, 102, 100, 103, 0];

const EXIT_OF_CODE = {
  internal: EXIT.internal,
  usage: EXIT.usage,
  'boot-failed': EXIT.bootFailed,
  'build-failed': EXIT.bootFailed,
  'timed-out': EXIT.timedOut,
  invalid: EXIT.invalid,
  'not-steady': EXIT.notSteady,
  'cannot-run-here': EXIT.cannotRunHere,
  'results-unwritable': EXIT.inconclusive,
  interrupted: EXIT.interrupted,
  terminated: EXIT.terminated,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof EXIT_OF_CODE;

export interface HarnessErrorDetails {
  /** What the reader can do about it, one line. */
  readonly hint?: string;
  /** The last thing that was seen before giving up. */
  readonly evidence?: string;
  readonly cause?: unknown;
}

/** An error with a stable code. `message` names what, which node, the limit against the actual. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly evidence: string | undefined;

  constructor(code: ErrorCode, message: string, details: HarnessErrorDetails = {}) {
    super(details.evidence === undefined ? message : `${message} (last: ${details.evidence})`, {
      cause: details.cause,
    });
    this.code = code;
    this.hint = details.hint;
    this.evidence = details.evidence;
  }

  get exitCode(): ExitCode {
    return EXIT_OF_CODE[this.code];
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
