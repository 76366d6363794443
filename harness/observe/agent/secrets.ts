// Nothing secret leaves the node in clear: values of environment variables are stored as a keyed hash of the run (equal
// or different can still be told), arguments that look like credentials are masked.
import { createHmac } from 'node:crypto';

/** Names whose values say nothing secret and help to read a difference. */
const CLEAR =
  /^(PATH|HOME|LANG|LANGUAGE|LC_\w+|PWD|OLDPWD|USER|LOGNAME|SHELL|SHLVL|TERM|TZ|HOSTNAME|PORT|\w*_ENV|WEB_CONCURRENCY|RAILS_MAX_THREADS|MALLOC_\w+|RUBY_GC_\w+|SHOP_\w+)$/;

export function hideValue(name: string, value: string, runKey: string): string {
  if (CLEAR.test(name)) return `text:${value}`;
  return `hash:${createHmac('sha256', runKey).update(value).digest('hex').slice(0, 16)}`;
}

export function hideEnv(env: Readonly<Record<string, string>>, runKey: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, hideValue(name, value, runKey)]),
  );
}

const SECRET_WORD = '(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|credential|auth|private[-_]?key)';
const ASSIGNED = new RegExp(`(${SECRET_WORD}[\\w-]*[=:])(\\S+)`, 'gi');
const FLAG = new RegExp(`^-{1,2}[\\w-]*${SECRET_WORD}[\\w-]*$`, 'i');
const URL_LOGIN = /(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g;

/** Masks `--password=x`, `--token x`, `SECRET_KEY=x` and `scheme://user:x@host`. */
export function maskArgv(argv: readonly string[]): readonly string[] {
  return argv.map((argument, index) => {
    if (index > 0 && FLAG.test(argv[index - 1] ?? '') && !argument.startsWith('-')) return '***';
    return argument.replaceAll(URL_LOGIN, '$1:***@').replaceAll(ASSIGNED, '$1***');
  });
}

/** A command line in one piece. */
export function maskCommand(argv: readonly string[]): string {
  return maskArgv(argv).join(' ').slice(0, 200);
}
