// Finds the writer's own ids in what a node gives back. Pure.

/** The process's word after all nodes were read that it was asked to read. */
export const READ_BACK_DONE = 'read-back-done';

export interface Found {
  /** First and last of each run of numbers, in order. */
  readonly found: readonly (readonly [number, number])[];
  readonly twice: readonly number[];
}

/** What a write is known by; `name` is the same for all writes of a run to a node, and no other's. */
export function idOf(name: string, number: number): string {
  return `${beginningOf(name)}${number}.`;
}

export function beginningOf(name: string): string {
  return `${name}-`;
}

/** All ids of this name in a text. */
export function numbersIn(text: string, name: string): readonly number[] {
  const numbers: number[] = [];
  const begin = beginningOf(name);
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + begin.length)) {
    const digits = /^(\d+)\./.exec(text.slice(at + begin.length, at + begin.length + 16));
    if (digits) numbers.push(Number(digits[1]));
  }
  return numbers;
}

export function foundOf(numbers: readonly number[]): Found {
  const sorted = [...numbers].sort((left, right) => left - right);
  const found: [number, number][] = [];
  const twice = new Set<number>();
  for (const number of sorted) {
    const last = found.at(-1);
    if (last?.[1] === number) twice.add(number);
    else if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return { found, twice: [...twice] };
}
