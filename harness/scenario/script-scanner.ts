// Finds where the keys of a TypeScript or JavaScript scenario are written, without a compiler: a scanner that knows just
// enough of the language (strings, templates, comments, brackets) to walk the object that is exported. What it cannot
// follow (spreads, computed keys, values from elsewhere) gets the place of the nearest key above.
import type { KeyPath } from './issue.js';
import { keyOf } from './source.js';

const NAME = /[A-Za-z_$][\w$]*/y;
const BLANK = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const NUMBER = /\d+/y;

class Scanner {
  readonly offsets = new Map<string, number>();
  #at: number;

  constructor(
    readonly text: string,
    start: number,
  ) {
    this.#at = start;
  }

  value(path: KeyPath): void {
    this.#blank();
    if (!this.offsets.has(keyOf(path))) this.offsets.set(keyOf(path), this.#at);
    if (this.#here === '{') this.#object(path);
    else if (this.#here === '[') this.#array(path);
    this.#rest();
  }

  get #here(): string | undefined {
    return this.text[this.#at];
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #blank(): void {
    this.#take(BLANK);
  }

  #object(path: KeyPath): void {
    this.#at += 1;
    for (this.#blank(); this.#here !== undefined && this.#here !== '}'; this.#blank()) {
      const start = this.#at;
      const key = this.#take(STRING)?.slice(1, -1) ?? this.#take(NAME) ?? this.#take(NUMBER);
      this.#blank();
      if (key === undefined) this.#rest();
      else {
        this.offsets.set(keyOf([...path, key]), start);
        if (this.#here === ':') {
          this.#at += 1;
          this.value([...path, key]);
        } else this.#rest();
      }
      this.#blank();
      if (this.#here === ',') this.#at += 1;
      else if (this.#here !== '}') return;
    }
    this.#at += 1;
  }

  #array(path: KeyPath): void {
    this.#at += 1;
    this.#blank();
    for (let index = 0; this.#here !== undefined && this.#here !== ']'; index += 1) {
      this.value([...path, index]);
      this.#blank();
      if (this.#here === ',') this.#at += 1;
      else if (this.#here !== ']') return;
      this.#blank();
    }
    this.#at += 1;
  }

  /** Goes on to the comma or bracket that ends the present expression. */
  #rest(): void {
    let depth = 0;
    for (this.#blank(); this.#here !== undefined; this.#blank()) {
      const here = this.#here;
      if (depth === 0 && (here === ',' || here === '}' || here === ']' || here === ')' || here === ';')) return;
      if (here === '`') this.#template();
      else if (this.#take(STRING) === undefined) {
        if (here === '{' || here === '[' || here === '(') depth += 1;
        if (here === '}' || here === ']' || here === ')') depth -= 1;
        this.#at += 1;
      }
    }
  }

  #template(): void {
    for (this.#at += 1; this.#here !== undefined && this.#here !== '`'; this.#at += 1) {
      if (this.#here === '\\') this.#at += 1;
      else if (this.#here === '$' && this.text[this.#at + 1] === '{') {
        this.#at += 2;
        this.#rest();
      }
    }
    this.#at += 1;
  }
}

/** Offsets of the keys of the exported object, by path. */
export function scanScript(text: string): ReadonlyMap<string, number> {
  const start = startOfExported(text);
  if (start === undefined) return new Map();
  const scanner = new Scanner(text, start);
  scanner.value([]);
  return scanner.offsets;
}

/** Where the exported object begins: behind `export default`, `defineScenario(`, or the constant that is exported. */
function startOfExported(text: string): number | undefined {
  const exported = [...text.matchAll(/^[ \t]*(?:export\s+default|module\.exports\s*=)\s*/gm)].at(-1);
  if (!exported) return undefined;
  const from = exported.index + exported[0].length;
  const called = /^(?:define(?:Scenario|Config)\s*\(\s*)/.exec(text.slice(from));
  const at = from + (called?.[0].length ?? 0);
  const name = /^([A-Za-z_$][\w$]*)/.exec(text.slice(at))?.[1];
  if (name === undefined) return at;
  const declared = new RegExp(
    `\\b(?:const|let|var)\\s+${name.replaceAll('$', '\\$')}\\b[^=]*=\\s*(?:define(?:Scenario|Config)\\s*\\(\\s*)?`,
  ).exec(text);
  return declared ? declared.index + declared[0].length : at;
}
