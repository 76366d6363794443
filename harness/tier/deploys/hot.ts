// The hot deployment of a unicorn behind a pid-file supervisor, as operators of that stack do it: USR2 to the old master
// (it re-executes with its ORIGINAL arguments), wait for the new one, QUIT to the old one, then the supervisor's new
// configuration. The new start command is thereby never run: that is the trap (notes on the flagship).
import { z } from 'zod';
import { waitFor, type Look } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import { assemble } from '../assembly.js';
import type { Deploy, Node } from '../plugins.js';

const STEP_DEADLINE_MS = 30_000;

const options = z.strictObject({});
type Options = z.infer<typeof options>;

export const hot: Deploy<Options> = {
  name: 'hot',
  summary:
    'USR2 to the running master, QUIT to the old one, then reload the supervisor: no restart, no new start command',
  options,

  async apply(node, _from, to, _options, signal) {
    const { service, supervisor, supervisorOptions } = assemble(to);
    const pidFile = node.service.pidFile;
    if (pidFile === undefined)
      throw new HarnessError('boot-failed', `${node.name}: a hot deployment needs the server's own pid file`);
    await node.container.copyIn(service.files.filter((file) => file.directory !== true));
    const oldPid = await readPid(node, pidFile);
    await signalTo(node, 'USR2', oldPid, signal);
    const newPid = await newMaster(node, pidFile, oldPid, signal);
    await signalTo(node, 'QUIT', oldPid, signal);
    await gone(node, oldPid, signal);
    await supervisor.adopt(node, service, supervisorOptions, signal);
    return `pid ${oldPid} handed over to pid ${newPid}; ${supervisor.name} has the new configuration`;
  },
};

async function readPid(node: Node, pidFile: string): Promise<number> {
  const pid = Number((await node.container.readFile(pidFile)).trim());
  if (!Number.isInteger(pid) || pid <= 1)
    throw new HarnessError('boot-failed', `${node.name}: ${pidFile} names no process`);
  return pid;
}

async function signalTo(node: Node, name: string, pid: number, signal: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await node.container.exec(['sh', '-c', `kill -${name} ${pid}`], { signal });
  if (exitCode !== 0)
    throw new HarnessError('boot-failed', `${node.name}: SIG${name} to pid ${pid} failed: ${stderr.trim()}`);
}

/** Waits until another living master is in the pid file and has forked workers; the old one is in .oldbin by then. */
async function newMaster(node: Node, pidFile: string, oldPid: number, signal: AbortSignal): Promise<number> {
  const script = `new=$(cat ${pidFile} 2>/dev/null); old=$(cat ${pidFile}.oldbin 2>/dev/null); [ -n "$new" ] && workers=$(pgrep -P "$new" | tr "\\n" " "); echo "$new/$old/$workers"`;
  const look = async (): Promise<Look<number>> => {
    const { stdout } = await node.container.exec(['sh', '-c', script], { signal });
    const [fresh = '', old = '', workers = ''] = stdout.trim().split('/');
    if (Number(fresh) > 0 && Number(fresh) !== oldPid && workers.trim() !== '')
      return { done: true, value: Number(fresh) };
    return {
      done: false,
      evidence: `pid file: ${fresh || 'none'}, .oldbin: ${old || 'none'}, workers: ${workers.trim() || 'none'}`,
    };
  };
  return waitFor(look, {
    what: `a new master on ${node.name} after USR2`,
    deadlineMs: STEP_DEADLINE_MS,
    everyMs: 100,
    signal,
  });
}

async function gone(node: Node, pid: number, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const { stdout } = await node.container.exec(['sh', '-c', `[ -d /proc/${pid} ] && echo there || echo gone`], {
      signal,
    });
    return stdout.trim() === 'gone'
      ? { done: true, value: true }
      : { done: false, evidence: `pid ${pid} is still there` };
  };
  await waitFor(look, {
    what: `the old master on ${node.name} to leave`,
    deadlineMs: STEP_DEADLINE_MS,
    everyMs: 100,
    signal,
  });
}
