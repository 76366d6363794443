// `${NAME:-default}` in a compose file, as compose itself does it: behind the parser, from the shell and from the file .env
// beside it. Compose Specification, interpolation. Read for compose-file.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Variables } from './interpolate.js';

/** `$$`; `$NAME`, `${NAME}`, or `${NAME` with an operator and a word; else a dollar that begins nothing. */
const REFERENCE = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\}|)/g;

/** The shell's variables go over those of `.env`. */
export function composeVariables(folder: string, shell: Variables): Variables {
  try {
    return { ...parseEnv(readFileSync(join(folder, '.env'), 'utf8')), ...shell };
  } catch {
    return shell;
  }
}

/** Throws Error with the reason; the value is as it was parsed from YAML. */
export function withVariables(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return inText(value, variables);
  if (Array.isArray(value)) return value.map((each) => withVariables(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withVariables(each, variables)]));
}

function inText(text: string, variables: Variables): string {
  return text.replace(
    REFERENCE,
    (_found, dollar?: string, bare?: string, braced?: string, operator?: string, rest?: string) => {
      if (dollar !== undefined) return '$';
      const name = bare ?? braced;
      const word = rest ?? '';
      if (name === undefined) throw new Error(`"${text}" has no variable after its "$"; write $$ for the character`);
      const given = variables[name];
      const isThere = given !== undefined && (given !== '' || !operator?.startsWith(':'));
      switch (operator?.at(-1)) {
        case '-':
          return isThere ? given : word;
        case '+':
          return isThere ? word : '';
        default:
          if (isThere) return given;
          // Compose goes on with an empty text and a warning; an image or a folder of no name helps nobody.
          throw new Error(
            `the variable ${name} is not set${word === '' ? `; set it, or give a default: \${${name}:-...}` : `: ${word}`}`,
          );
      }
    },
  );
}
