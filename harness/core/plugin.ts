// What every plug-in has in common. A plug-in is one file that exports one object, and one line in its folder's index.ts.
import type { ZodType } from 'zod';

export interface Plugin<O> {
  readonly name: string;
  /** One line for `remuster list`. */
  readonly summary: string;
  /** Validates the options of a scenario and fills in defaults. Strict: unknown keys are errors. */
  readonly options: ZodType<O>;
}

/** A literal map of plug-ins by name; the schema, `list` and the documentation come from it. */
export type PluginMap<P> = Readonly<Record<string, P>>;
