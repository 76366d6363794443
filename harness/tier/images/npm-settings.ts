// npm's registry and proxy of this machine, as npm itself finds them: environment, the user's npmrc, the global npmrc
// (docs of npm, "npmrc"). Goes into the base image with the other host settings (host-settings.ts); credentials do not.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What decides whether a registry is reached. Its certificates are those of the system. */
const KEYS = ['registry', 'proxy', 'https-proxy', 'noproxy'];

type Env = Readonly<Record<string, string | undefined>>;

/** Lines for an npmrc; empty where this machine uses npm's own settings. */
export function npmSettings(env: Env = process.env, read: (path: string) => string = readOrNothing): readonly string[] {
  const ofEnv = (key: string): string | undefined => {
    const name = `npm_config_${key.replaceAll('-', '_')}`;
    return env[name] ?? env[name.toUpperCase()];
  };
  const user = ofEnv('userconfig') ?? join(homedir(), '.npmrc');
  const global = ofEnv('globalconfig') ?? join(dirname(dirname(process.execPath)), 'etc', 'npmrc');
  const files = [user, global].map((path) => entriesOf(read(path), env));
  return KEYS.flatMap((key) => {
    const value = [ofEnv(key), ...files.map((file) => file.get(key))].find((found) => found !== undefined);
    return value === undefined || value === '' || value === 'null' ? [] : [`${key}=${value}`];
  });
}

/** `name = value` lines; ${NAME} stands for a variable. */
function entriesOf(text: string, env: Env): ReadonlyMap<string, string> {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const [, key = '', value = ''] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const plain = value
      .replace(/^(["'])(.*)\1$/, '$2')
      .replaceAll(/\$\{(\w+)\}/g, (all, name: string) => env[name] ?? all);
    return key === '' ? [] : [[key, plain]];
  });
  return new Map(pairs);
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
