// Nothing secret leaves the node in clear: values of environment variables are stored as a keyed hash of the run (equal
// or different can still be told), arguments that look like credentials are masked.
import { createHmac } from 'node:crypto';

/** Names whose values say nothing secret and help to read a difference. */
const CLEAR =
  /^(PATH|HOME|LANG|LANGUAGE|LC_\w+|PWD|OLDPWD|USER|LOGNAME|SHELL|SHLVL|TERM|TZ|HOSTNAME|PORT|(RACK|RAILS|NODE|APP)_ENV|WEB_CONCURRENCY|RAILS_MAX_THREADS|MALLOC_\w+|RUBY_GC_\w+|SHOP_\w+)$/;
const SECRET_WORD =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|credentials?|auth(?:orization)?|private[-_]?key)';
const SECRET_NAME = new RegExp(`(?:^|_)(?:${SECRET_WORD}|key|dsn)(?:_|$)`, 'i');
/** Up to the last @ of the word: a password may have one in it. */
const URL_LOGIN = /(\w+:\/\/[^\s:/@]*):\S+@/g;

export function hideValue(name: string, value: string, runKey: string): string {
  const isClear = CLEAR.test(name) && (/^(OLD)?PWD$/.test(name) || !SECRET_NAME.test(name)) && !hasLogin(value);
  if (isClear) return `text:${value}`;
  return `hash:${createHmac('sha256', runKey).update(value).digest('hex').slice(0, 16)}`;
}

function hasLogin(value: string): boolean {
  return value.search(URL_LOGIN) >= 0;
}

export function hideEnv(env: Readonly<Record<string, string>>, runKey: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, hideValue(name, value, runKey)]),
  );
}

/** `--db-password=x`, `SECRET_KEY_BASE=x`, `authorization: x`: the name ends with, or has in it, a word for a secret. */
const ASSIGNED = new RegExp(`((?:^|[\\s\\-_.?&;,'"])(?:\\w+[-_.])*${SECRET_WORD}(?:[-_.]\\w+)*\\s*[=:]\\s*)`, 'i');
const FLAG = new RegExp(`^-{1,2}(?:\\w+[-_.])*${SECRET_WORD}(?:[-_.]\\w+)*$`, 'i');

/** Masks `--password=x`, `--token x`, `SECRET_KEY=x` and `scheme://user:x@host`. */
export function maskArgv(argv: readonly string[]): readonly string[] {
  return argv.map((argument, index) => {
    if (index > 0 && FLAG.test(argv[index - 1] ?? '') && !argument.startsWith('-')) return '***';
    // A title that a server gave itself holds all arguments in one.
    return /\s/.test(argument) && !isOneValue(argument) ? maskTitle(argument) : maskOne(argument);
  });
}

/** In an argument of its own everything after the name is the value, blanks too. */
function maskOne(argument: string): string {
  const assigned = ASSIGNED.exec(argument);
  const shown = assigned ? `${argument.slice(0, assigned.index + assigned[0].length)}***` : argument;
  return shown.replaceAll(URL_LOGIN, '$1:***@');
}

function isOneValue(argument: string): boolean {
  return /^-{0,2}[\w.-]+(?:=|:\s)/.test(argument);
}

function maskTitle(title: string): string {
  const words = title.split(/(\s+)/);
  return words
    .map((word, index) => {
      if (index > 1 && FLAG.test(words[index - 2] ?? '') && !word.startsWith('-')) return '***';
      return maskOne(word);
    })
    .join('');
}

/** A command line in one piece, of at most 200 characters. */
export function maskCommand(argv: readonly string[]): string {
  return maskArgv(argv)
    .join(' ')
    .replaceAll(/[\n\r]/g, ' ')
    .slice(0, 200);
}
