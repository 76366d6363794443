// What makes a process itself: pid, start time and exec generation. A pid alone can be reused, and an in-place
// restart (exec) keeps both pid and start time.

/**
 * `<pid>.<start>.<exec>`: pid inside the node, field 22 of /proc/PID/stat (clock ticks since boot), and the low 32 bits
 * of the xor of fields 26, 28, 48 and 50 (start of code, stack, arguments, environment) in base 36: with address
 * randomisation they change at each exec (notes/observe.md). proc(5).
 */
export type ProcessKey = string;

/** The parts of a key. */
export interface KeyParts {
  readonly pid: number;
  readonly start: number;
  readonly exec: string;
}

export function parseKey(key: ProcessKey): KeyParts {
  const [pid = '0', start = '0', exec = ''] = key.split('.');
  return { pid: Number(pid), start: Number(start), exec };
}

/**
 * What the sample application says of itself in the response header `x-generation`:
 * `<key of the process that answered>/<key of its parent at boot>`, for example `97.8123.k3j2/45.8100.z9x1`.
 */
export type Generation = string;

/** True when the answer came from that process or from a child of it. */
export function generationIsOf(generation: Generation, key: ProcessKey): boolean {
  return generation.split('/').includes(key);
}
