// An engine of our own making: dockerd in the background, with its log and pid in the state folder. engine.mjs decides
// whether one is needed.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { quietly, tail } from './command.mjs';
import { stateFolder } from './places.mjs';
import { say, Stop } from './say.mjs';

const START_DEADLINE_MS = 60_000;
/** Where dockerd and its containerd write their pids; a file of a dead one makes the next refuse to start, or wait for it. */
const PID_FILES = { '/var/run/docker.pid': 'dockerd', '/var/run/docker/containerd/containerd.pid': 'containerd' };

export async function startDockerd(answers) {
  if (existsSync('/run/systemd/system')) {
    const { code, said } = await quietly('systemctl', ['start', 'docker.service']);
    if (code === 0 && (await answering(answers, () => true))) return say('started docker.service');
    say(`systemctl start docker.service did not help (${tail(said, 1) || `exit ${code}`}); starting dockerd directly`);
  }
  if (isRunning('/var/run/docker.pid', 'dockerd')) {
    say('a dockerd is running, and does not answer yet; waiting for it');
    if (await answering(answers, () => isRunning('/var/run/docker.pid', 'dockerd'))) return;
  }
  for (const [file, name] of Object.entries(PID_FILES)) {
    if (existsSync(file) && !isRunning(file, name)) {
      say(`removing the stale pid file ${file}`);
      rmSync(file, { force: true });
    }
  }
  const folder = stateFolder();
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'dockerd.log');
  const pidFile = join(folder, 'dockerd.pid');
  const child = spawnDetached(logFile);
  if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
  let ended;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended = `ended with ${signal ?? code}`));
  if (!(await answering(answers, () => ended === undefined))) {
    rmSync(pidFile, { force: true });
    if (ended === undefined) child.kill('SIGTERM');
    throw new Stop(
      107,
      `dockerd does not answer (${ended ?? `not after ${START_DEADLINE_MS / 1000} s`}); its log ends with:\n${lastLines(logFile)}`,
      `the whole log: ${logFile}. Inside a container, mount the host's /var/run/docker.sock or run it --privileged`,
    );
  }
  say(`started dockerd in the background: pid ${child.pid} (${pidFile}), log ${logFile}`);
  say(`it keeps running after this; stop it with: kill $(cat ${pidFile})`);
}

/** A session of its own and none of our streams: a CI job waits for every process that holds its standard output. */
function spawnDetached(logFile) {
  const log = openSync(logFile, 'a');
  try {
    const child = spawn('dockerd', [], { detached: true, cwd: '/', stdio: ['ignore', log, log] });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function answering(answers, goOn) {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (Date.now() < deadline && goOn()) {
    if (await answers()) return true;
    await delay(200);
  }
  return answers();
}

/** Is the process of a pid file alive, and is it the program that it should be? Pids are used again; a zombie is dead. */
function isRunning(file, name) {
  try {
    const pid = readFileSync(file, 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    return state !== 'Z' && stat.includes(` (${name}) `);
  } catch {
    return false;
  }
}

function lastLines(file) {
  return existsSync(file) ? tail(readFileSync(file, 'utf8'), 8) : '(empty)';
}
