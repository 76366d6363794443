// A notebook of where each value of a plan came from; `plan --explain` reads it.
import type { FoundChoice } from '../scenario/choices.js';
import { byDefault, originText, type Found, type Origin } from '../scenario/origin.js';

export interface Explained {
  readonly value: unknown;
  readonly source: string;
}

export class Origins {
  readonly #origins = new Map<string, Origin>();
  readonly #loadFile: string | undefined;

  /** `loadFile`: the file that the scenario's load was taken from, where it is not its own. */
  constructor(loadFile?: string) {
    this.#loadFile = loadFile;
  }

  note(path: string, origin: Origin): void {
    const isOfLoadFile = this.#loadFile !== undefined && origin.from === 'scenario' && origin.path[0] === 'load';
    this.#origins.set(path, isOfLoadFile ? { from: 'load-file', file: this.#loadFile, path: origin.path } : origin);
  }

  /** Notes the origin and hands back the value. */
  take<T>(path: string, { value, origin }: Found<T>): T {
    this.note(path, origin);
    return value;
  }

  /** Options that nobody wrote are defaults of the plug-in. */
  choice(path: string, found: FoundChoice): void {
    this.note(`${path}.kind`, found.kind.origin);
    this.note(`${path}.options`, byDefault(null, found.kind.value).origin);
    for (const [key, option] of Object.entries(found.options)) this.note(`${path}.options.${key}`, option.origin);
  }

  /** The origin of the nearest path above. */
  of(path: string): Origin | undefined {
    for (let prefix = path; prefix !== ''; prefix = above(prefix)) {
      const found = this.#origins.get(prefix);
      if (found) return found;
    }
    return undefined;
  }

  /** Every value of `plan` with its source, by path, in the plan's own order. */
  explain(plan: object): ReadonlyMap<string, Explained> {
    const explained = new Map<string, Explained>();
    for (const [path, value] of leaves(plan, '')) {
      const origin = this.of(path);
      explained.set(path, { value, source: origin ? originText(origin) : 'scenario' });
    }
    return explained;
  }
}

/** Keys may hold dots and brackets (`limits.requests.GET /cart?item[]=1`): what is cut off then is a part of one only. */
function above(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.'), path.lastIndexOf('[')));
}

function* leaves(value: unknown, path: string): Generator<readonly [string, unknown]> {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  const isWords = Array.isArray(value) && value.every((each) => typeof each !== 'object');
  if (typeof value !== 'object' || value === null || isEmpty || isWords) {
    yield [path, value];
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) yield* leaves(each, `${path}[${String(index)}]`);
  } else {
    for (const [key, each] of Object.entries(value)) yield* leaves(each, path === '' ? key : `${path}.${key}`);
  }
}
