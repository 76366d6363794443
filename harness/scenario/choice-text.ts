// A plug-in and its options as text, as a scenario writes them. Pure.
type Options = Readonly<Record<string, unknown>>;

/** 'startLimitInterval: 60s', one for each. */
export function optionWords(options: Options): readonly string[] {
  return Object.entries(options).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

/** 'docker', '{ kind: systemd, unit: "shop.service" }'. */
export function choiceText(kind: string, options: Options): string {
  const words = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return words.length === 0 ? kind : `{ ${[`kind: ${kind}`, ...words].join(', ')} }`;
}
