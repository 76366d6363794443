// One node, booted for a moment with the flags that a run would use: can systemd be PID 1 here, and can the agent see
// servers of other users? `doctor` asks; nothing is left.
import { waitFor, type Look } from '../core/clock.js';
import { HarnessError, messageOf } from '../core/errors.js';
import type { Container, Runtime } from './runtime/runtime.js';
import { systemdFlags } from './runtime/systemd-flags.js';

const BOOT_DEADLINE_MS = 20_000;

export interface Trial {
  /** The flags, in words. */
  readonly flags: string;
  /** What systemd said, or why it did not come up. */
  readonly systemd: { readonly ok: boolean; readonly evidence: string };
  readonly ptrace: { readonly ok: boolean; readonly evidence: string };
}

export async function tryNode(runtime: Runtime, progress: (line: string) => void): Promise<Trial> {
  const flags = systemdFlags(await runtime.info()).summary;
  const image = await runtime.ensureImage('node-ruby+systemd', progress);
  const network = await runtime.createNetwork(`doctor-${process.pid}-${Date.now().toString(36)}`, 'trial', 'run');
  try {
    const node = await network.create({
      name: 'trial',
      image,
      command: ['/sbin/init'],
      env: {},
      files: [],
      publish: [],
      systemd: true,
      init: false,
    });
    return { flags, systemd: await bootOf(node), ptrace: await ptraceOf(node) };
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'boot-failed') throw error;
    const evidence = messageOf(error);
    return { flags, systemd: { ok: false, evidence }, ptrace: { ok: false, evidence: 'not tried: no node' } };
  } finally {
    await network.remove();
  }
}

/** `running`, or `degraded`: it is up, and some unit of the image is not. */
async function bootOf(node: Container): Promise<Trial['systemd']> {
  const look = async (): Promise<Look<string>> => {
    const { stdout, stderr } = await node.exec(['systemctl', 'is-system-running']);
    const word = stdout.trim();
    if (word === 'running' || word === 'degraded') return { done: true, value: word };
    return { done: false, evidence: word || stderr.trim() };
  };
  try {
    const word = await waitFor(look, { what: 'systemd to be up', deadlineMs: BOOT_DEADLINE_MS, everyMs: 100 });
    const { stdout } = await node.exec(['cat', '/proc/1/cgroup']);
    return { ok: true, evidence: `${word}, in ${lastCgroup(stdout)}` };
  } catch (error) {
    const log = await node.logTail(5).catch(() => '');
    return { ok: false, evidence: `${messageOf(error)} ${log.trim()}`.trim() };
  }
}

function lastCgroup(text: string): string {
  return text.trim().split('\n').at(-1)?.split(':').at(-1) ?? '?';
}

/** proc(5): reading another user's environment needs CAP_SYS_PTRACE, for root too. A moment passes between fork and exec. */
const READ_ENVIRON = `
setpriv --reuid=www-data --regid=www-data --clear-groups env REMUSTER_TRIAL=seen sleep 20 & pid=$!
n=0; while [ $n -lt 30 ]; do
  if tr '\\0' '\\n' 2>/tmp/why </proc/$pid/environ | grep -q REMUSTER_TRIAL=seen; then kill $pid; exit 0; fi
  n=$((n+1)); sleep 0.1
done; kill $pid; cat /tmp/why >&2; exit 1`;

async function ptraceOf(node: Container): Promise<Trial['ptrace']> {
  const { exitCode, stderr } = await node.exec(['sh', '-c', READ_ENVIRON]);
  if (exitCode === 0) return { ok: true, evidence: 'root reads the environment of a process of www-data' };
  return { ok: false, evidence: stderr.trim() || 'the environment of a process of www-data cannot be read' };
}
