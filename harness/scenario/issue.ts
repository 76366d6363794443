// One thing that is wrong with a scenario: where (a path of keys), what was found, what is allowed. zod's own issues are
// turned into the same words, so that every error reads alike (notes/output.md, "An error").
import type { z } from 'zod';
import { nearestName } from '../core/nearest.js';

export type KeyPath = readonly (string | number)[];

export interface Issue {
  readonly path: KeyPath;
  /** Where to point, when it is more exact than `path`. */
  readonly at?: KeyPath;
  readonly message: string;
  /** Names that would have been right. */
  readonly known?: readonly string[];
  /** What was written instead of one of them. */
  readonly found?: string;
}

/** `environments.production.load.stages[1].users` */
export function pathText(path: KeyPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${String(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** The lines below an issue's first: known names and the nearest one. */
export function wayOut({ known, found }: Issue): string | undefined {
  if (!known || known.length === 0) return undefined;
  const nearest = found === undefined ? undefined : nearestName(found, known);
  return `known: ${[...known].sort().join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`;
}

/** zod's issues in our words; `schema` is asked for the keys that it knows. */
export function fromZod(error: z.ZodError, schema: z.ZodType, base: KeyPath = []): readonly Issue[] {
  return fromIssues(error.issues, schema, base, []);
}

/** `within`: keys from `schema` to where these issues begin. */
function fromIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  base: KeyPath,
  within: KeyPath,
): readonly Issue[] {
  return issues.flatMap((issue) => {
    const inner = [...within, ...issue.path.filter((key) => typeof key !== 'symbol')];
    const path = [...base, ...inner];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: [...path, key],
          message: `"${key}" is not a key ${path.length === 0 ? 'here' : `of ${pathText(path)}`}`,
          found: key,
          known: keysAt(schema, inner),
        }));
      case 'invalid_value':
        return [
          {
            path,
            message:
              issue.input === undefined
                ? 'is missing; one of these is needed'
                : `${shown(issue.input)} is not one of the allowed values`,
            known: issue.values.map(String),
            ...(typeof issue.input === 'string' ? { found: issue.input } : {}),
          },
        ];
      case 'invalid_union': {
        const meant = issue.errors.find((each) => !each.some(isAboutItsType));
        if (meant) return fromIssues(meant, schema, base, inner);
        const wanted = issue.errors.flatMap((each) => each.filter(isAboutItsType)).map(({ expected }) => expected);
        return wanted.length === 0
          ? [{ path, message: issue.message }]
          : [{ path, message: typeMessage(wanted, issue.input) }];
      }
      case 'invalid_key':
        return [{ path, message: issue.issues.map((each) => each.message).join('; ') || issue.message }];
      case 'invalid_type':
        return [{ path, message: typeMessage([issue.expected], issue.input) }];
      case 'too_small':
        return [{ path, message: sizeMessage(issue.origin, 'at least', issue.minimum, issue.input, issue.inclusive) }];
      case 'too_big':
        return [{ path, message: sizeMessage(issue.origin, 'at most', issue.maximum, issue.input, issue.inclusive) }];
      default:
        return [{ path, message: issue.message }];
    }
  });
}

const WORD_OF_TYPE: Readonly<Record<string, string>> = {
  object: 'a group of keys',
  record: 'a group of keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** It is of another type than this form of several that a value may have. */
function isAboutItsType(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function typeMessage(expected: readonly string[], input: unknown): string {
  const wanted = [...new Set(expected.map((each) => WORD_OF_TYPE[each] ?? each))].join(' or ');
  return input === undefined ? `is missing; ${wanted} is needed` : `${shown(input)} is not ${wanted}`;
}

function sizeMessage(origin: string, words: string, bound: number | bigint, input: unknown, inclusive = true): string {
  if (origin === 'array' || origin === 'set') return `has too few or too many entries; ${words} ${String(bound)}`;
  if (origin === 'string') return `${shown(input)} has the wrong length; ${words} ${String(bound)} characters`;
  const words_ = inclusive ? words : words === 'at least' ? 'more than' : 'less than';
  return `${shown(input)} is out of range; ${words_} ${String(bound)}`;
}

/** A value as an error shows it: short, and on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'symbol' ? 'a symbol' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Keys that a schema knows at a path; none where it is no object. */
export function keysAt(schema: z.ZodType, path: KeyPath): readonly string[] {
  const here = unwrapped(schema);
  const [key, ...rest] = path;
  if (key === undefined) return here.shape ? Object.keys(here.shape) : [];
  const next = here.shape?.[String(key)] ?? here.element ?? here.valueType;
  return next ? keysAt(next, rest) : [];
}

interface Inside {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
}

/** Of several forms that a value may have, the one that has keys. */
function formWithKeys(options: readonly z.ZodType[]): Inside {
  return options.map(unwrapped).find(({ shape, element, valueType }) => shape ?? element ?? valueType) ?? {};
}

/** Takes off what wraps an object: optional, default, preprocess, transform. */
function unwrapped(schema: z.ZodType): Inside {
  const { def } = schema as unknown as {
    def: Inside & {
      type: string;
      innerType?: z.ZodType;
      in?: z.ZodType;
      out?: z.ZodType;
      options?: readonly z.ZodType[];
    };
  };
  if (def.innerType) return unwrapped(def.innerType);
  if (def.type === 'union' && def.options) return formWithKeys(def.options);
  if (def.type === 'pipe' && def.in && def.out) {
    const out = unwrapped(def.out);
    return out.shape || out.element || out.valueType ? out : unwrapped(def.in);
  }
  return def;
}
