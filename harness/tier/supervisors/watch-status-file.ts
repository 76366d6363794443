// The watch of a supervisor that keeps its state in a file (runit, s6): one shell which looks at the file's time and asks
// only when it has changed, and now and then, because a supervisor that is dead changes no file.
import type { Observe } from '../../record/events.js';
import type { Node, SupervisorStatus } from '../plugins.js';
import { watchLines } from './watch-lines.js';

/** Looks of 0.1 s between two questions where nothing changes. */
const ASK_EVERY_LOOKS = 10;

/**
 * `read -t` is the sleep, and says when standard input closes; -nt compares times without a fork. The mark is set before
 * the question, so that a change during the answer is seen at the next look; test(1): also where one of both is missing.
 */
function script(statusFile: string, command: readonly string[]): string {
  return `
mark=/tmp/.watch.$$ last= looks=0
: >$mark
while :; do
  read -r -t 0.1 || [ $? -gt 128 ] || break
  looks=$((looks + 1))
  [ ${statusFile} -nt $mark ] || [ $looks -ge ${ASK_EVERY_LOOKS} ] || [ -z "$last" ] || continue
  looks=0
  : >$mark
  now=$(${command.join(' ')} 2>&1)
  # Its seconds pass without any news.
  same=\${now//[0-9]* second*/}
  pid=\${now#*pid } pid=\${pid%%)*}
  [ "$same $pid" = "$last" ] || echo "S \${now//$'\\n'/ }"
  last="$same $pid"
done
rm -f $mark
`;
}

export function watchStatusFile(
  node: Node,
  statusFile: string,
  command: readonly string[],
  statusOf: (text: string) => SupervisorStatus,
  observe: Observe,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  let status: SupervisorStatus | undefined;
  return watchLines(
    node,
    ['bash', '-c', script(statusFile, command)],
    (_letter, text) => {
      const next = statusOf(text);
      if (status?.word === next.word && status.trackedPid === next.trackedPid) return;
      status = next;
      observe({ kind: 'supervisor', node: node.name, ...next });
    },
    observe,
    signal,
  );
}
