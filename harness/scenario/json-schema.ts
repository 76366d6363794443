// The JSON Schema of a scenario, for editors and for anybody's validator: generated from the schemas that check scenarios,
// with the options of every plug-in of this installation. `remuster schema` prints it; schema/ in the package has it.
import { z } from 'zod';
import type { Plugin } from '../core/plugin.js';
import { asPart, VARIABLE, without, withVariables, type Json } from './json-schema-forms.js';
import type { PlugInKind, PlugInMaps } from './plug-ins.js';
import { choices, scenario } from './schema.js';
import { shortForms } from './short-forms.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Not a plug-in: it is found out before the scenario is planned. */
const DETECT = { const: 'detect', description: "Found out by looking into a node of the user's own" };

export function scenarioJsonSchema(maps: PlugInMaps): Json {
  const kinds = Object.keys(maps).filter((key): key is PlugInKind => key !== 'checks');
  const shared = new Map<string, unknown>();
  const whole = withOwnKeys(written(scenario, shared));
  return {
    $schema: DIALECT,
    title: 'A scenario of remuster',
    description: 'What to boot, how to load it, what to do to it, what must hold.',
    // What a file extends has the rest, so nothing is missing in this one.
    if: { required: ['extends'] },
    then: { $ref: '#/$defs/part' },
    else: { $ref: '#/$defs/whole' },
    $defs: withVariables({
      whole,
      part: asPart(whole, new Map(kinds.map((kind) => [refTo(kind, false), refTo(kind, true)]))),
      ...kinds.reduce((all, kind) => ({ ...all, ...definitions(kind, maps[kind], shared) }), {}),
      ...Object.fromEntries(shared),
    }),
  };
}

/** Keys of files in YAML and JSON; the reader takes them off before the scenario is validated. */
function withOwnKeys(whole: Json): Json {
  const properties = {
    $schema: { type: 'string', description: 'This schema, for editors' },
    extends: { type: 'string', description: 'Another scenario, relative to this file; what is here goes over it' },
    ...(whole['properties'] as Json),
  };
  return { ...whole, properties };
}

/** As it is written in a file: what goes into the zod schema, not what comes out of it. Named parts go to `shared`. */
function written(schema: z.ZodType, shared: Map<string, unknown>): Json {
  const generated = z.toJSONSchema(schema, {
    io: 'input',
    // Only values.ts parses what is not typed, and says in `meta` how it is written.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const choice = choices.get(zodSchema);
      const short = shortForms.get(zodSchema);
      if (choice) replace(jsonSchema, { $ref: refTo(choice.of, choice.isOverride) });
      else if (short) {
        const group = { ...jsonSchema } as Json;
        replace(jsonSchema, { anyOf: [(group['properties'] as Json)[short.key], group] });
      } else if ('default' in jsonSchema && !z.safeParse(zodSchema, jsonSchema.default).success) {
        // Defaults are values already; '10s' has become 10000 and would be wrong in a file.
        delete jsonSchema.default;
      }
    },
  }) as Json;
  for (const [name, part] of Object.entries((generated['$defs'] as Json | undefined) ?? {})) shared.set(name, part);
  return without(generated, '$schema', '$defs');
}

function replace(target: object, by: Json): void {
  for (const key of Object.keys(target)) Reflect.deleteProperty(target, key);
  Object.assign(target, by);
}

function nameOf(kind: PlugInKind, isOverride: boolean): string {
  return isOverride ? `${kind}.over` : kind;
}

function refTo(kind: PlugInKind, isOverride: boolean): string {
  return `#/$defs/${nameOf(kind, isOverride)}`;
}

/** Of one kind of plug-in: each one's options, the choice of one of them, and options that go over such a choice. */
function definitions(
  of: PlugInKind,
  map: Readonly<Record<string, Plugin<unknown>>>,
  shared: Map<string, unknown>,
): Json {
  const plugIns = Object.values(map).map((plugin) => {
    const { required = [], ...group } = optionsOf(of, plugin, shared);
    return { plugin, group, required: required as readonly string[], ref: { $ref: `#/$defs/${of}.${plugin.name}` } };
  });
  const byKind = (isOverride: boolean) =>
    plugIns.map(({ plugin, required, ref }) => ({
      if: { properties: { kind: { const: plugin.name } }, required: ['kind'] },
      then: isOverride || required.length === 0 ? ref : { ...ref, required },
    }));
  const described = plugIns.map(({ plugin }) => ({ const: plugin.name, description: plugin.summary }));
  const byName = described.filter(({ const: name }) => map[name]?.options.safeParse({}).success);
  const kind = { anyOf: [...described, VARIABLE] };
  return {
    [of]: {
      anyOf: [
        ...byName,
        ...besides(of),
        VARIABLE,
        { type: 'object', required: ['kind'], properties: { kind }, allOf: byKind(false) },
      ],
    },
    [nameOf(of, true)]: {
      anyOf: [
        ...described,
        VARIABLE,
        {
          type: 'object',
          properties: { kind },
          if: { required: ['kind'] },
          then: { allOf: byKind(true) },
          else: { anyOf: plugIns.map(({ ref }) => ref) },
        },
      ],
    },
    ...Object.fromEntries(plugIns.map(({ plugin, group }) => [`${of}.${plugin.name}`, group])),
  };
}

/** What may stand for a plug-in of this kind though it names none. */
function besides(of: PlugInKind): readonly Json[] {
  if (of === 'supervisors') return [DETECT];
  return of === 'dependencies' ? [{ $ref: '#/$defs/dependencies.own' }] : [];
}

/** A plug-in's options and its kind, as one group of keys. */
function optionsOf(of: PlugInKind, { name, summary, options }: Plugin<unknown>, shared: Map<string, unknown>): Json {
  const group = written(options, shared);
  if (group['type'] !== 'object') throw new Error(`the options of ${of}.${name} are no group of keys`);
  const properties = { kind: { const: name }, ...((group['properties'] as Json | undefined) ?? {}) };
  return { ...group, description: summary, properties };
}
