// monitrc and the start script that it names, made from a service. monit keeps a pid, not a child: how a server gets into
// the background, with which variables, limits and log, is all up to the script.
import type { FileSpec } from '../runtime/runtime.js';
import type { Service } from '../service.js';
import type { MonitOptions } from './monit.js';

export const RC = '/etc/monit/monitrc';
export const LOG = '/var/log/monit.log';
export const MONIT_PID_FILE = '/run/monit.pid';
const START = '/etc/monit/start-web';
const PID_FOLDER = '/run/web';
const SERVER_LOG = '/var/log/web.log';

/** The server's own, or the one that the start script writes for it. */
export function pidFileOf(service: Service): string {
  return service.pidFile ?? `${PID_FOLDER}/web.pid`;
}

export function monitFiles(service: Service, chosen: MonitOptions): readonly FileSpec[] {
  return [
    // monit refuses a configuration that others may read.
    { path: chosen.config, content: rcText(service, chosen), mode: 0o600 },
    { path: START, content: startText(service), mode: 0o755 },
    // The start program runs as the server's user, whoever that is.
    { path: PID_FOLDER, directory: true, mode: 0o777 },
    { path: SERVER_LOG, content: '', mode: 0o666 },
  ];
}

export function rcText(service: Service, chosen: MonitOptions): string {
  const { cycle, startTimeout, stopTimeout, memoryLimit, memoryCycles, unmonitorAfter } = chosen;
  const pidFile = pidFileOf(service);
  const seconds = (ms: number): string => `with timeout ${ms / 1000} seconds`;
  return [
    `set daemon ${cycle / 1000}`,
    `set log ${LOG}`,
    `set pidfile ${MONIT_PID_FILE}`,
    'set idfile /var/lib/monit/id',
    'set statefile /var/lib/monit/state',
    // Without it `monit status` and `monit restart` have nobody to talk to. Only root reaches the socket.
    'set httpd unixsocket /run/monit.sock permission 600',
    '  allow monit:monit',
    '',
    `check process ${chosen.service} with pidfile "${pidFile}"`,
    `  start program = "${START}" as uid "${service.user}" and gid "${service.user}" ${seconds(startTimeout)}`,
    `  stop program = "/bin/sh -c 'kill -${service.stop.signal} $(cat ${pidFile})'" ${seconds(stopTimeout)}`,
    ...(memoryLimit === undefined ? [] : [`  if totalmem > ${memoryLimit} MB for ${memoryCycles} cycles then restart`]),
    ...(unmonitorAfter === undefined
      ? []
      : [`  if ${unmonitorAfter.restarts} restarts within ${unmonitorAfter.cycles} cycles then unmonitor`]),
    '',
  ].join('\n');
}

function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function startText(service: Service): string {
  const command = service.argv.map(word).join(' ');
  return [
    '#!/bin/sh',
    ...Object.entries(service.env).map(([name, value]) => `export ${name}=${word(value)}`),
    `cd ${word(service.cwd)} || exit`,
    ...(service.openFiles === undefined ? [] : [`ulimit -n ${service.openFiles} || exit`]),
    `exec </dev/null >>${SERVER_LOG} 2>&1`,
    // A process in the background leads no group, so setsid(1) does not fork: $! is the server's own pid.
    ...(service.cannotDaemonize
      ? [`setsid ${command} &`, ...(service.pidFile === undefined ? [`echo $! >${pidFileOf(service)}`] : [])]
      : [`exec ${command}`]),
    '',
  ].join('\n');
}
