// What is wrong with the text of a YAML file, in plain words, and at the place where the author has to change something:
// the parser notices some mistakes only lines later, and is lost behind them.
import { isPair, isScalar, visit, type Document, type Node, type Pair, type YAMLError } from 'yaml';
import { positionAt, type Position } from './source.js';

export interface YamlTrouble {
  readonly message: string;
  readonly at: Position;
}

export function yamlTroubles(document: Document, text: string): readonly YamlTrouble[] {
  return untilLost([...document.errors, ...document.warnings]).map((error) => {
    const opened = isUnclosed(error) ? openedBefore(document, error.pos[0]) : undefined;
    if (opened !== undefined)
      return { message: `this ${text.charAt(opened)} is never closed`, at: positionAt(text, opened) };
    const at = positionAt(text, error.pos[0]);
    return { message: `${wordsOf(error, document, text)}${quotesWanted(text.split('\n')[at.line - 1] ?? '')}`, at };
  });
}

/** Behind a place that it does not understand, what the parser says only buries the mistake; a tab is such a place. */
function untilLost(errors: readonly YAMLError[]): readonly YAMLError[] {
  const tab = errors.find(({ code }) => code === 'TAB_AS_INDENT');
  const first = errors.find(({ code }) => code !== 'TAB_AS_INDENT' && code !== 'DUPLICATE_KEY');
  return errors.filter(
    (error) =>
      first === undefined ||
      error.pos[0] < first.pos[0] ||
      (error === first && (tab === undefined || first.pos[0] < tab.pos[0])) ||
      (error.code === 'TAB_AS_INDENT' && tab !== undefined && tab.pos[0] < first.pos[0]),
  );
}

function wordsOf(error: YAMLError, document: Document, text: string): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used for indentation; YAML allows only spaces there';
    case 'DUPLICATE_KEY':
      return givenTwice(error, document, text);
    case 'MULTILINE_IMPLICIT_KEY':
      return 'not valid YAML: a key has a colon and a blank behind it (`nodes: 2`); this line has none';
    case 'BAD_INDENT':
      return `not valid YAML: this line is not indented like its neighbours; keys of one group begin in the same column`;
    default:
      return `not valid YAML: ${error.message}`;
  }
}

/** With the place of the first one, which may be far away. */
export function givenTwice({ pos }: YAMLError, document: Document, text: string): string {
  let words = 'this key is given twice';
  visit(document, {
    Map(_, { items }) {
      const second = items.find(({ key }) => startOf(key) === pos[0]);
      if (!second) return undefined;
      const name = keyName(second);
      const first = startOf(items.find((pair) => keyName(pair) === name)?.key);
      if (first !== undefined)
        words = `"${name}" is given twice, in line ${String(positionAt(text, first).line)} too; keep one of them`;
      return visit.BREAK;
    },
  });
  return words;
}

function keyName(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function startOf(node: unknown): number | undefined {
  return (node as Partial<Node> | null | undefined)?.range?.[0];
}

function isUnclosed({ code, message }: YAMLError): boolean {
  return (code === 'MISSING_CHAR' && /^Missing closing/.test(message)) || /must be sufficiently indented/.test(message);
}

/** Where the innermost quote, { or [ begins that reaches up to there. */
function openedBefore(document: Document, offset: number): number | undefined {
  let opened: number | undefined;
  visit(document, {
    Node(_, node) {
      const [start, , end] = (isPair(node) ? undefined : node.range) ?? [];
      const isOpen = isScalar(node) ? node.type?.startsWith('QUOTE') : 'flow' in node && node.flow;
      if (isOpen === true && start !== undefined && end !== undefined && start <= offset && offset <= end)
        opened = start;
    },
  });
  return opened;
}

/** YAML 1.2, 7.3.3: within { } and [ ] a text without quotes ends at the first brace. */
function quotesWanted(line: string): string {
  return /[{[,].*[:,[]\s*\$\{/.test(line) ? '; within { } or [ ], put quotes around "${...}"' : '';
}
