// What supervisors call the settings that rules speak of. A rule judges by the promise; these only name the key to change.

/** When it restarts. */
export const RESTART_KEYS = ['restart', 'autorestart', 'policy'] as const;
/** How often it starts before it gives up. */
export const BUDGET_KEYS = [
  'startLimitBurst',
  'flapping',
  'startretries',
  'maxRestarts',
  'retries',
  'restarts',
] as const;
/** How long it waits for the end of a service before it kills it. */
export const STOP_KEYS = ['stopTimeout', 'stopwaitsecs', 'killTimeout', 'stopGrace'] as const;

/** The first of the names that the supervisor has; else the first of all, so that the reader knows what is meant. */
export function optionNamed(names: readonly [string, ...string[]], options: Readonly<Record<string, unknown>>): string {
  return names.find((name) => options[name] !== undefined) ?? names[0];
}
