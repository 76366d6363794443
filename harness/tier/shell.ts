// Has an image the shell in which remuster looks at processes? One without (distroless, scratch) runs and answers, and
// nothing of what lives in it can be seen: not who listens, not what it was started with, not whether it is the same.
import type { Container } from './runtime/runtime.js';

const NOT_THERE = /executable file not found|no such file or directory/i;

/** What remains to be said of it; for people. */
export const WHAT_REMAINS =
  'its processes cannot be seen (who owns the port, what it was started with, whether it is a new one): the verdict is inconclusive at best. Its answers, and what balancer and engine say of it, are seen';

/** Why nothing can be seen in it; undefined where there is a shell, or where that could not be asked. */
export async function whyUnseen(container: Container): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await container.exec(['sh', '-c', ':']);
  if (exitCode === 0 || !NOT_THERE.test(`${stdout}${stderr}`)) return undefined;
  return 'its image has no sh';
}
