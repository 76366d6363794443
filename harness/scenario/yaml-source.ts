// Scenarios in YAML and JSON: values from the `yaml` package (JSON strictly, by JSON.parse), places from its tree.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { messageOf } from '../core/errors.js';
import { interpolate, type Variables } from './interpolate.js';
import type { KeyPath } from './issue.js';
import { givenTwice, yamlTroubles } from './yaml-words.js';
import { keyOf, nearestOffset, offsetAt, positionAt, type ParsedSource, type Position } from './source.js';

/** The text itself is broken. All that was found, each with its place. */
export class SyntaxTrouble extends Error {
  constructor(readonly troubles: readonly { readonly message: string; readonly at: Position | undefined }[]) {
    super(troubles.map(({ message }) => message).join('\n'));
  }
}

export function readYaml(text: string, variables: Variables): ParsedSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const troubles = yamlTroubles(document, text);
  if (troubles.length > 0) throw new SyntaxTrouble(troubles);
  return withVariables(document.toJS(), text, locator(document, text), variables);
}

function withVariables(
  value: unknown,
  text: string,
  locate: ParsedSource['locate'],
  variables: Variables,
): ParsedSource {
  const found = interpolate(value, variables);
  if (found.troubles.length > 0) {
    throw new SyntaxTrouble(
      found.troubles.map(({ path, found: words, message }) => ({ message, at: at(path, words) })),
    );
  }
  return { value: found.value, interpolated: found.paths, locate };

  /** From the key on: the reference itself, where it is written in one piece. */
  function at(path: KeyPath, words: string): Position | undefined {
    const key = locate(path);
    if (key === undefined) return undefined;
    const offset = text.indexOf(words, offsetAt(text, key));
    return offset < 0 ? key : positionAt(text, offset);
  }
}

export function readJson(text: string, variables: Variables): ParsedSource {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = messageOf(error);
    const offset = /at position (\d+)/.exec(message)?.[1];
    const at = positionAt(text, offset === undefined ? text.trimEnd().length : Number(offset));
    throw new SyntaxTrouble([{ message: `not valid JSON: ${message.replace(/ \(line \d+ column \d+\)/, '')}`, at }]);
  }
  const document = parseDocument(text, { prettyErrors: false });
  const twice = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  if (twice.length > 0) {
    throw new SyntaxTrouble(
      twice.map((error) => ({ message: givenTwice(error, document, text), at: positionAt(text, error.pos[0]) })),
    );
  }
  return withVariables(value, text, locator(document, text), variables);
}

function locator(document: Document, text: string): (path: KeyPath) => Position | undefined {
  const offsets = new Map<string, number>();
  collect(document.contents, [], offsets, document);
  return (path) => {
    const offset = nearestOffset(offsets, path);
    return offset === undefined ? undefined : positionAt(text, offset);
  };
}

/** Notes where each key, and each entry of a list, begins. Aliases are followed once, so that what they name has a place. */
function collect(node: unknown, path: KeyPath, offsets: Map<string, number>, document: Document): void {
  const inner = isAlias(node) ? node.resolve(document) : (node as Node | null);
  if (path.length === 0 && inner?.range) offsets.set(keyOf(path), inner.range[0]);
  if (path.length > 32) return;
  if (isMap(inner)) {
    for (const { key, value } of inner.items) {
      if (!isScalar(key)) continue;
      const next = [...path, String(key.value)];
      if (key.range && !offsets.has(keyOf(next))) offsets.set(keyOf(next), key.range[0]);
      collect(value, next, offsets, document);
    }
  } else if (isSeq(inner)) {
    for (const [index, item] of inner.items.entries()) {
      const range = (item as Node | null)?.range;
      if (range) offsets.set(keyOf([...path, index]), range[0]);
      collect(item, [...path, index], offsets, document);
    }
  }
}
