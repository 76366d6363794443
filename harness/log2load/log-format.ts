// What a line of an access log says, and what reads it: one file per format. Which lines become load is decided later, in
// tally.ts; here is only what stands there.

export type LogLine =
  | {
      readonly is: 'request';
      /** Unix time. */
      readonly atMs: number;
      /** How far the log's own clock is ahead of UTC, minutes; 0 where the log does not say. */
      readonly zoneMinutes: number;
      readonly method: string;
      /** As it was asked for: path and query, or a whole URI. Escapes of the log are undone. */
      readonly target: string;
    }
  /** A good line without a request that could be made again. */
  | { readonly is: 'left-out'; readonly why: string }
  | { readonly is: 'unreadable'; readonly why: string };

export interface LogFormat {
  readonly name: string;
  /** What it looks like, for errors. */
  readonly looksLike: string;
  read(line: string): LogLine;
}

export function unreadable(why: string): LogLine {
  return { is: 'unreadable', why };
}

export function leftOut(why: string): LogLine {
  return { is: 'left-out', why };
}
