// What several supervisors' `finds` have in common: the folder of a process in the node, and a tool's answer.
import type { NodeLook } from '../plugins.js';

/** Working directory of a process; undefined where it may not be read. */
export async function folderOfProcess({ container }: NodeLook, pid: number): Promise<string | undefined> {
  const { exitCode, stdout } = await container.exec(['readlink', `/proc/${pid}/cwd`]);
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Is this the server's pid, or one of its ancestors'? Wrappers and shells stand between a supervisor and a listener. */
export function isServer({ server, ancestors }: NodeLook, pid: number): boolean {
  return pid > 1 && [server, ...ancestors].some((one) => one.pid === pid);
}
