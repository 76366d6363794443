// The watch of a supervisor that keeps its state in a file (runit and its relatives): one shell which looks at the file's
// time and asks only when it has changed, and now and then, because a supervisor that is dead changes no file.
import type { Observe, SupervisorAction } from '../../record/events.js';
import type { Node, SupervisorStatus } from '../plugins.js';
import { watchLines } from './watch-lines.js';

/** Looks of 0.1 s between two questions where nothing changes. */
const ASK_EVERY_LOOKS = 10;

/** The word for one that was not there at the last look; it may have been up for some moments. */
export const JUST_STARTED = 'just started';

/** For one that also writes complaints somewhere: that file is quoted from now on. */
export interface Complaints {
  readonly path: string;
  meaningOf(line: string): SupervisorAction | undefined;
}

/**
 * `read -t` is the sleep, and says when standard input closes; -nt compares times without a fork. The mark is set before
 * the question, so that a change during the answer is seen at the next look; test(1): also where one of both is missing.
 */
function script(statusFile: string, command: readonly string[], log: string): string {
  return `
shopt -s extglob
mark=/tmp/.watch.$$ last= looks=0
: >$mark
exec 3<${log}
while read -r -u 3; do :; done
while :; do
  read -r -t 0.1 || [ $? -gt 128 ] || break
  while read -r -u 3 line; do echo "L $line"; done
  looks=$((looks + 1))
  [ ${statusFile} -nt $mark ] || [ $looks -ge ${ASK_EVERY_LOOKS} ] || [ -z "$last" ] || continue
  looks=0
  : >$mark
  now=$(${command.join(' ')} 2>&1)
  # Its seconds pass without any news.
  same=\${now//+([0-9])?( second)s/}
  [ "$same" = "$last" ] || echo "S \${now//$'\\n'/ }"
  last=$same
done
rm -f $mark
`;
}

/**
 * These supervisors write nothing of an end or a start. Quoted is their answer when asked: of an end that was over before
 * the next look, it is the first one that tells of another child.
 */
export function meaningOf(line: string): SupervisorAction | undefined {
  if (/^(?:down|finish)\b/.test(line) || /^pid \d+ is gone: /.test(line))
    return { action: 'noticed-exit', detail: line };
  if (/^(?:up|run)\b/.test(line)) return { action: 'start', detail: line };
  return undefined;
}

export function watchStatusFile(
  node: Node,
  statusFile: string,
  command: readonly string[],
  statusOf: (text: string) => SupervisorStatus,
  observe: Observe,
  signal: AbortSignal,
  complaints: Complaints = { path: '/dev/null', meaningOf },
): Promise<() => Promise<void>> {
  let last: SupervisorStatus | undefined;
  const tell = (next: SupervisorStatus): void => {
    if (last?.word === next.word && last.trackedPid === next.trackedPid) return;
    last = next;
    observe({ kind: 'supervisor', node: node.name, ...next });
  };
  const say = (line: string): void => {
    const means = complaints.meaningOf(line);
    observe({ kind: 'supervisor-said', node: node.name, line, ...(means ? { means } : {}) });
  };
  return watchLines(
    node,
    ['bash', '-c', script(statusFile, command, complaints.path)],
    (letter, text) => {
      if (letter === 'L') return say(text);
      const next = statusOf(text);
      const before = last?.trackedPid ?? null;
      // Nothing is known of an end while the supervisor itself is gone: its child may live on.
      const isAnother = last !== undefined && next.trackedPid !== before && next.state !== 'unreachable';
      if (isAnother && before !== null) say(next.trackedPid === null ? next.raw : `pid ${before} is gone: ${next.raw}`);
      if (isAnother && next.trackedPid !== null) {
        say(next.raw);
        tell({ ...next, state: 'starting', word: JUST_STARTED });
      }
      tell(next);
    },
    observe,
    signal,
  );
}
