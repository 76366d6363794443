// What a command may touch of the outside world, so that it can be tested without a process of its own.
// cli.ts makes it from the real process; tests make it from arrays.
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY: boolean;
  /** Width of the terminal; undefined when it is not one. */
  readonly columns: number | undefined;
  /** Its height, for the live board; undefined when it is not one. */
  readonly rows?: number | undefined;
}

export interface CommandIo {
  /** The answer. */
  readonly stdout: OutputStream;
  /** Progress and errors. */
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Notes the exit code that the program will end with; it does not end it at once, so that output is flushed. */
  exit(code: number): void;
}

/** The same writes that a real stream may refuse: a closed pipe is the reader's choice, not an error. */
export function streamOf(stream: NodeJS.WriteStream): OutputStream {
  return {
    write: (text) => (stream.writable ? stream.write(text) : false),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined;
    },
  };
}
