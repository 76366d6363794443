// Of the end of a log, the lines that say what is wrong: a server that dies again and again ends its log with the frames of some
// stack, or with the words of whoever found it dead. Pure.

const TELLING = /error|exception|fatal|fail|refused|denied|no such|not found|cannot|unknown/i;
/** A frame of a stack names a file, whatever the file is called. */
const FRAME = /^(?:File "|at |from )|^\S+:\d+:in /;
const MOST = 4;
/** Without a telling line, the end as it stands. */
const LAST = 5;

export function tellingLines(log: string): string {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const told = lines.filter((line) => TELLING.test(line) && !FRAME.test(line));
  if (told.length === 0) return lines.slice(-LAST).join('\n');
  // The last one of each kind: a loop says the same with other pids and times.
  const kinds = new Map<string, string>();
  for (const line of told) {
    const kind = line.replaceAll(/\d+/g, '');
    kinds.delete(kind);
    kinds.set(kind, line);
  }
  return [...kinds.values()].slice(-MOST).join('\n');
}
