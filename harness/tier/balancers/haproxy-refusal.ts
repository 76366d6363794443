// HAProxy ended at once because it does not take its configuration: which lines, in HAProxy's own words, and where they
// stand in the user's file. Pure.

export interface RefusedConfig {
  /** As it was run; HAProxy counts lines in this one. */
  readonly generated: string;
  /** The user's own, of which it was made. */
  readonly own?: { readonly file: string; readonly text: string };
}

const SHOWN = 3;
/** Said after the reasons, and none itself. */
const SUMMARY = /^(Error\(s\) found in configuration file|Fatal errors found in configuration)/;

/** `log`: what HAProxy wrote. Undefined where it complains of nothing in the configuration. */
export function refusal(log: string, config: RefusedConfig): string | undefined {
  const alerts = log
    .split('\n')
    .flatMap((line) => /^\[ALERT\]\s*\(\d+\) : config : (.*)$/.exec(line.trim())?.[1] ?? []);
  const reasons = alerts.filter((words) => !SUMMARY.test(words));
  if (reasons.length === 0) return undefined;
  const said = reasons.slice(0, SHOWN).map((words) => placed(words, config));
  const more = reasons.length > SHOWN ? ` (and ${String(reasons.length - SHOWN)} more)` : '';
  return `${said.join('; ')}${more}`;
}

/** `parsing [/etc/haproxy/remuster.cfg:29] : words` with the line of the user's file where the same text stands. */
function placed(words: string, { generated, own }: RefusedConfig): string {
  const [, number, what = ''] = /^parsing \[[^\]]*:(\d+)\]\s*:\s*(.*)$/.exec(words) ?? [];
  if (number === undefined) return own === undefined ? words : `${own.file}: ${words}`;
  const line = generated.split('\n')[Number(number) - 1]?.trim() ?? '';
  const at = own?.text.split('\n').findIndex((each) => each.trim() === line) ?? -1;
  const place = own === undefined ? '' : at < 0 ? `${own.file}: ` : `${own.file}:${String(at + 1)}: `;
  return `${place}"${line}": ${what}`;
}
