// How a request failed, as one word: by the status of its answer, or by what became of its connection.
import type { FailureKind } from '../record/events.js';

export function kindOfStatus(status: number): FailureKind | undefined {
  if (status >= 500) return 'http-5xx';
  return status >= 400 ? 'http-4xx' : undefined;
}

/** undefined: the other side ended the connection (FIN), which is no error to Node. */
export function kindOfError(error: NodeJS.ErrnoException | undefined): FailureKind {
  switch (error?.code) {
    case undefined:
      return 'eof';
    case 'ECONNREFUSED':
      return 'refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    default:
      return 'other';
  }
}
