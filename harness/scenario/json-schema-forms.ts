// Two forms of a generated JSON Schema: the part of a scenario that extends another one, and values that come from the
// environment. Both are the same for every key, so they are made here and not written into the schemas.

export type Json = Readonly<Record<string, unknown>>;

/** What `${NAME}` and `${NAME:-default}` look like where a number or a chosen word is wanted (interpolate.ts). */
export const VARIABLE = { $ref: '#/$defs/fromEnvironment' };
const HAS_VARIABLE = {
  type: 'string',
  pattern: '(^|[^$])\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}',
  description: 'From the environment: ${NAME} or ${NAME:-default}',
};

/** Adds, to each value that not any text would do for, that it may come from the environment. */
export function withVariables(definitions: Json): Json {
  return { ...groupOf(definitions, variableAllowed), fromEnvironment: HAS_VARIABLE };
}

function variableAllowed(schema: unknown): unknown {
  if (!isGroup(schema)) return schema;
  if (isNarrow(schema)) {
    const { description, default: fallback, ...value } = schema;
    return {
      ...(description === undefined ? {} : { description }),
      ...(fallback === undefined ? {} : { default: fallback }),
      anyOf: [value, VARIABLE],
    };
  }
  return inside(schema, variableAllowed);
}

/** A number, true or false, a word of several, a text of one pattern. A plug-in's kind (`const`) decides over the rest and stays. */
function isNarrow(schema: Json): boolean {
  const { type } = schema;
  return (
    type === 'number' ||
    type === 'integer' ||
    type === 'boolean' ||
    'enum' in schema ||
    (type === 'string' && ('pattern' in schema || 'format' in schema))
  );
}

/**
 * Without what must be there: maps are merged, so it may be in the other file. Lists replace each other and stay whole.
 * `over` has, for a reference, the one whose options go over those in the other file.
 */
export function asPart(schema: unknown, over: ReadonlyMap<string, string>): unknown {
  if (!isGroup(schema)) return schema;
  const { items, $ref } = schema;
  return {
    ...inside(without(schema, 'required', 'items', '$ref'), (inner) => asPart(inner, over)),
    ...(items === undefined ? {} : { items }),
    ...(typeof $ref === 'string' ? { $ref: over.get($ref) ?? $ref } : {}),
  };
}

const GROUPS_OF_SCHEMAS = ['properties', '$defs', 'patternProperties'];
const LISTS_OF_SCHEMAS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
/** Not `if`: it asks what is written, it does not say what may be. */
const SCHEMAS = ['items', 'additionalProperties', 'then', 'else'];

/** The same schema with `change` done to those directly in it. */
function inside(schema: Json, change: (inner: unknown) => unknown): Json {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (GROUPS_OF_SCHEMAS.includes(key) && isGroup(value)) return [key, groupOf(value, change)];
      if (LISTS_OF_SCHEMAS.includes(key) && Array.isArray(value)) return [key, value.map(change)];
      return [key, SCHEMAS.includes(key) ? change(value) : value];
    }),
  );
}

function groupOf(schemas: Json, change: (inner: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(schemas).map(([key, value]) => [key, change(value)]));
}

export function without(group: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(group).filter(([key]) => !keys.includes(key)));
}

function isGroup(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
