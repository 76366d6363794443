// A page of the documentation as something to follow: the files that it shows and the commands that it gives, in its order.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './remuster.js';

export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: string; readonly exitCode: number };

/**
 * A block whose first line is a comment with a file's name is that file; of `sh` blocks, the lines that call remuster are
 * commands. `# exit 99` behind one says how it ends; 0 otherwise.
 */
export function stepsOf(page: string): readonly Step[] {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```(\w*)\n([^]*?)^```/gm)];
  return blocks.flatMap(([, language = '', text = '']): readonly Step[] => {
    const [, name, rest = ''] = /^(?:#|\/\/) ([\w./-]+)\n([^]*)$/.exec(text) ?? [];
    if (name !== undefined && (language !== 'sh' || rest.startsWith('#!'))) return [{ kind: 'file', name, text: rest }];
    return ['sh', 'console'].includes(language) ? commandsIn(text) : [];
  });
}

function commandsIn(text: string): readonly Step[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((whole) => {
      const line = /^(?:\$ )?((?:npx (?:--yes )?)?remuster .+?)(?: +#.*)?$/.exec(whole)?.[1];
      const exitCode = Number(/# exit (\d+)/.exec(whole)?.[1] ?? 0);
      return line === undefined ? [] : [{ kind: 'command' as const, line, exitCode }];
    });
}
