// How a scenario chooses a plug-in: a name, or a group with its kind and options. Part of the scenario's schema (schema.ts).
import { z } from 'zod';
import type { PlugInKind } from './plug-ins.js';

/** Names become folders, container names and parts of a URL. */
export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, {
  error: (issue) => `${JSON.stringify(issue.input)} is not a name: small letters, digits and "-", at most 40`,
});

const named = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => (typeof value === 'string' ? { kind: value } : value), z.looseObject(shape));

/** Which plug-ins a choice is of, and whether its kind may be left out: what the published JSON Schema says of it. */
export const choices = z.registry<{ readonly of: PlugInKind; readonly isOverride: boolean }>();

/** A plug-in by name, or by name with options. */
export const choice = named({ kind: z.string() });
export const choiceOf = (of: PlugInKind) => named({ kind: z.string() }).register(choices, { of, isOverride: false });
/** Options over those of another choice: the kind may be left out. */
export const overrideOf = (of: PlugInKind) =>
  named({ kind: z.string().optional() }).register(choices, { of, isOverride: true });
