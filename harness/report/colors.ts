// Whether and how a stream is coloured. Colour repeats what a word already says; it never says anything alone.
import picocolors from 'picocolors';

export type Ink = ReturnType<typeof picocolors.createColors>;

export type Environ = Readonly<Record<string, string | undefined>>;

/** What the reports need to know of an output stream; process.stdout and the commands' streams fit. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/**
 * Whether the stream may be drawn on. NO_COLOR asks for text without escape sequences: who sets it mostly reads with
 * something else than eyes, or keeps what it prints; a board would redraw itself under them.
 */
export function isBoard(stream: Pick<OutputStream, 'isTTY'>, env: Environ): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb' && !inPipeline(env) && !isSet(env['NO_COLOR']);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** NO_COLOR wins (no-color.org), then FORCE_COLOR; else a terminal that is neither dumb nor a pipeline's. */
export function wantsColor(stream: Pick<OutputStream, 'isTTY'>, env: Environ): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  if (isSet(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb' && !inPipeline(env);
}

/** True in a CI job: there, even a pseudo terminal gets plain lines. */
export function inPipeline(env: Environ): boolean {
  return isSet(env['CI']) && env['CI'] !== 'false' && env['CI'] !== '0';
}

export function inkFor(stream: Pick<OutputStream, 'isTTY'>, env: Environ): Ink {
  return picocolors.createColors(wantsColor(stream, env));
}

export const PLAIN: Ink = picocolors.createColors(false);

/** Colour of a verdict word or of a tone on the time line. */
export function toned(ink: Ink, tone: 'pass' | 'fail' | 'inconclusive' | 'plain' | 'fault' | 'bad' | 'good') {
  switch (tone) {
    case 'pass':
    case 'good':
      return ink.green;
    case 'fail':
    case 'bad':
      return ink.red;
    case 'inconclusive':
    case 'fault':
      return ink.yellow;
    case 'plain':
      return String;
  }
}
