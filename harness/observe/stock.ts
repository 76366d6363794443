// Takes stock of a node: how many files its service holds open, and what lies in the places where servers leave pid files,
// sockets and temporary files. One command in the node, with nothing but sh and /proc.
import { monotonicMs } from '../core/clock.js';
import type { Observe, Place } from '../record/events.js';
import type { Node } from '../tier/plugins.js';

/** Two levels deep: pid files and sockets are seldom deeper. `cwd` stands for the directory that the service runs in. */
const PLACES = ['/tmp', '/var/tmp', '/run', '/dev/shm', '/var/lib', '/var/log', 'cwd'];
/** Where somebody leaves more than this, the count is enough. */
const MOST_LINES = 5_000;
const MOST_NAMES = 3;

/** Arguments: the pids of the service, the first of which is its master. Answers `open N`, then `<f|s|p> path`. */
const SCRIPT = String.raw`
open=0
for p in "$@"; do
  for f in /proc/$p/fd/*; do [ -h "$f" ] && open=$((open + 1)); done
done
echo "open $open"
home=
[ -n "$1" ] && home=$(cd -P "/proc/$1/cwd" 2>/dev/null && pwd)
[ "$home" = / ] && home=
look() {
  for f in "$1"/* "$1"/.[!.]*; do
    if [ -h "$f" ]; then :
    elif [ -S "$f" ]; then echo "s $f"
    elif [ -p "$f" ]; then echo "p $f"
    elif [ -f "$f" ]; then echo "f $f"
    elif [ -d "$f" ] && [ "$2" -gt 0 ]; then look "$f" $(($2 - 1)); fi
  done
}
for place in ${PLACES.join(' ')}; do
  [ "$place" = cwd ] && place=$home
  [ -n "$place" ] && [ -d "$place" ] && look "$place" 1
done
exit 0
`;

const TYPES = { f: 'file', s: 'socket', p: 'pipe' } as const;

export class Stocktaker {
  /** Node -> path of a place and type -> names. */
  readonly #seen = new Map<string, Map<string, ReadonlySet<string>>>();

  /** `pids`: of the service, its master first. Writes nothing where the node did not answer. */
  async take(node: Node, pids: readonly number[], observe: Observe): Promise<void> {
    try {
      const argv = ['sh', '-c', SCRIPT, 'stock', ...pids.map(String)];
      const { stdout } = await node.container.exec(argv);
      const { openFiles, names } = parseStock(stdout);
      const before = this.#seen.get(node.name);
      this.#seen.set(node.name, names);
      const places = [...names].map(([key, all]) => placeOf(key, all, before?.get(key)));
      observe({ kind: 'stock', atMs: monotonicMs(), node: node.name, openFiles, places });
    } catch {
      // A node that is down is told of by those who watch it; what is not seen here is not judged.
    }
  }
}

function placeOf(key: string, all: ReadonlySet<string>, before: ReadonlySet<string> | undefined): Place {
  const [type, path] = split(key);
  const newest = before === undefined ? [] : [...all].filter((name) => !before.has(name)).slice(-MOST_NAMES);
  return { path, type: type as Place['type'], count: all.size, newest };
}

function split(key: string): readonly [string, string] {
  const at = key.indexOf(' ');
  return [key.slice(0, at), key.slice(at + 1)];
}

/** Names by `<type> <directory>`. */
export function parseStock(text: string): {
  readonly openFiles: number | null;
  readonly names: Map<string, ReadonlySet<string>>;
} {
  const lines = text.split('\n');
  const open = Number(/^open (\d+)$/.exec(lines[0] ?? '')?.[1] ?? Number.NaN);
  const names = new Map<string, Set<string>>();
  for (const line of lines.slice(1, MOST_LINES)) {
    const found = /^([fsp]) (\/.*)\/([^/]+)$/.exec(line);
    if (found === null) continue;
    const [, letter = 'f', folder = '', name = ''] = found;
    const key = `${TYPES[letter as keyof typeof TYPES]} ${folder}`;
    names.set(key, (names.get(key) ?? new Set()).add(name));
  }
  return { openFiles: Number.isNaN(open) ? null : open, names };
}
