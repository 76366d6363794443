// k6 itself, as a process of its own: fed a script, its stream handed over line by line, its last words kept.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

type Env = Readonly<Record<string, string | undefined>>;

/** Clock ticks in /proc/PID/stat: USER_HZ, 100 on every Linux (proc_pid_stat(5)). */
const TICK_MS = 10;

export interface K6Complaints {
  /** Exceptions that a script threw; k6 goes on after each. */
  thrown: number;
  firstThrown: string;
  /** The last error that is none of these. */
  last: string;
}

export interface K6Process {
  readonly pid: number | undefined;
  /** 'code 107', or the name of a signal. */
  readonly ended: Promise<string>;
  readonly complaints: K6Complaints;
  /** CPU that it has used, as far as this system tells; after its end the last that was seen. */
  cpuMs(): number;
  signal(name: 'SIGINT' | 'SIGKILL'): void;
}

/**
 * Without variables that change what k6 does (K6_VUS, K6_OUT ...): the plan says it. A load goes straight to its target,
 * whatever proxy this machine needs for other places.
 */
export function k6Environment(env: Env, host: string): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('K6_'));
  const direct = [env['NO_PROXY'] ?? env['no_proxy'], host].filter((each) => each !== undefined && each !== '');
  return Object.fromEntries([
    ...kept.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[0] !== 'no_proxy'),
    ['NO_PROXY', direct.join(',')],
  ]);
}

/** Arguments of `k6 run` and `k6 inspect` that say where the target is. */
export function targetArguments({ host, port }: { readonly host: string; readonly port: number }): readonly string[] {
  return ['-e', `REMUSTER_TARGET=http://${host}:${port}`];
}

export function startK6(
  path: string,
  script: string,
  target: { readonly host: string; readonly port: number },
  onLine: (line: string) => void,
): K6Process {
  const said = ['--quiet', '--no-usage-report', '--no-color', '--log-format', 'json', '--out', 'json=-'];
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    path,
    ['run', ...said, ...targetArguments(target), '-'],
    // A group of its own: Ctrl-C in a terminal goes to a whole group, and k6 would end before it is told to.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: k6Environment(process.env, target.host) },
  );
  child.stdin.on('error', () => undefined); // It ended before it had read its script; `ended` says why.
  child.stdin.end(script);
  byLine(child.stdout, onLine);
  const complaints: K6Complaints = { thrown: 0, firstThrown: '', last: '' };
  createInterface({ input: child.stderr }).on('line', (line) => hear(line, complaints));
  let cpuMs = 0;
  const look = setInterval(() => (cpuMs = cpuOf(child.pid) ?? cpuMs), 500);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? `code ${String(code)}`));
  });
  let isOver = false;
  void ended.then(() => {
    isOver = true;
    clearInterval(look);
  });
  return {
    pid: child.pid,
    ended,
    complaints,
    cpuMs: () => (isOver ? cpuMs : (cpuMs = cpuOf(child.pid) ?? cpuMs)),
    signal: (name) => void child.kill(name),
  };
}

/** readline makes an object of each line's surroundings; k6 writes a dozen lines a request, most of which nobody wants. */
function byLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}

/** One line of k6's log. Requests that failed are warnings, and are in the stream too. */
function hear(line: string, complaints: K6Complaints): void {
  if (line.startsWith('{') && !line.includes('"level":"error"')) return;
  const { msg, source } = parsed(line);
  if (source === 'stacktrace') {
    complaints.thrown += 1;
    if (complaints.firstThrown === '') complaints.firstThrown = msg;
  } else if (msg !== '') {
    complaints.last = msg;
  }
}

function parsed(line: string): { readonly msg: string; readonly source: string } {
  try {
    const { msg = '', source = '' } = JSON.parse(line) as { readonly msg?: string; readonly source?: string };
    return { msg, source };
  } catch {
    return { msg: line.trim(), source: '' };
  }
}

function cpuOf(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    // After the name in brackets, which may itself hold blanks: state is the third field, utime the 14th, stime the 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}
