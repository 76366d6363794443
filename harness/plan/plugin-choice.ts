// A plug-in as a plan names it.

/** A plug-in by name, with its options validated and its defaults filled in. */
export interface PluginChoice {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}
