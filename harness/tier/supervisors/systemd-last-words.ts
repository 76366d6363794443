// Why a unit does not start: systemd writes that to its journal, and nothing of it to the container's output.
import type { Container } from '../runtime/runtime.js';

const LINES = 4;

/** systemd.exec(5), process exit codes: what a unit asks for and an unprivileged container cannot give. */
const SANDBOX = /status=226\/NAMESPACE|status=228\/SECCOMP|status=218\/CAPABILITIES/;
const WAY_OUT =
  'a node cannot make this sandbox; mount a drop-in that does without it in the test (ProtectSystem=no, DynamicUser=no ...)';

/** The last lines of the unit's journal; empty where it cannot be read. */
export async function lastWordsOf(container: Container, unit: string): Promise<string> {
  const { exitCode, stdout } = await container.exec(['journalctl', '-u', unit, '-n', '30', '-o', 'cat', '--no-pager']);
  return exitCode === 0 ? wordsFrom(stdout) : '';
}

/** What the unit's program and systemd said, without systemd's book-keeping of each start. */
export function wordsFrom(journal: string): string {
  const lines = journal
    .split('\n')
    .filter(
      (line) =>
        line.trim() !== '' &&
        !/^(?:Start(?:ing|ed)|Stopped|Failed to start) |Failed to get cgroup ID|Scheduled restart job|Failed with result|Start request repeated/.test(
          line,
        ),
    );
  const last = [...new Set(lines.reverse())].slice(0, LINES).reverse().join(' | ');
  return SANDBOX.test(journal) ? `${WAY_OUT}: ${last}` : last;
}
