// Where an answer came from, as its own headers tell: the balancer names the node (on its own 503s too), the application
// the generation of its process.
export interface Origin {
  readonly node: string | null;
  readonly generation: string | null;
}

export const UNKNOWN_ORIGIN: Origin = { node: null, generation: null };

const NODE_HEADER = 'x-remuster-node';
const GENERATION_HEADER = 'x-generation';

/**
 * `headers`: names and values in turn, as an HTTP parser hands them over. An empty name is none: where HAProxy had no server,
 * its own answer carries the header without a value.
 */
export function originOf(headers: readonly string[]): Origin {
  let node: string | null = null;
  let generation: string | null = null;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    // Most names differ by their length: only then are they brought to lower case.
    if (name.length === NODE_HEADER.length && name.toLowerCase() === NODE_HEADER) node = headers[index + 1] || null;
    else if (name.length === GENERATION_HEADER.length && name.toLowerCase() === GENERATION_HEADER)
      generation = headers[index + 1] || null;
  }
  return { node, generation };
}
