// The pill: bluepill's configuration of one process, made from a service. Values are never repaired here; what the
// scenario leaves out stays out of the pill.
import { parseDuration } from '../../core/units.js';
import type { Service } from '../service.js';
import type { BluepillOptions } from './bluepill.js';

export const APP = 'shop';
export const LOG = '/var/log/bluepill.log';
export const PILL = '/etc/bluepill/shop.pill';

/** A Ruby string literal that nothing is interpolated into. */
function ruby(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** bluepill splits commands with Shellwords and starts them without a shell. */
function shellword(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function seconds(ms: number): string {
  return `${ms / 1000}.seconds`;
}

/** bluepill tells signals from delays by their class: symbols, and whole numbers. */
function stopStep(text: string, index: number): string {
  return index % 2 === 0 ? `:${text.toLowerCase()}` : seconds(parseDuration(text) ?? 0);
}

export function pillText(service: Service, chosen: BluepillOptions): string {
  // bluepill has no setting for limits; prlimit(1) sets it and executes the server in its own place.
  const limited =
    service.openFiles === undefined ? [] : ['/usr/bin/prlimit', `--nofile=${service.openFiles}:${service.openFiles}`];
  const argv = [...limited, ...service.argv];
  const daemonize = chosen.daemonize ?? (service.cannotDaemonize ? true : undefined);
  const environment = Object.entries(service.env).map(([name, value]) => `${ruby(name)} => ${ruby(value)}`);
  const lines = [
    `start_command = ${ruby(argv.map(shellword).join(' '))}`,
    ...(chosen.stopSignals === undefined
      ? [`stop_command = ${ruby(`kill -${service.stop.signal} {{PID}}`)}`]
      : [`stop_signals = [${chosen.stopSignals.map(stopStep).join(', ')}]`]),
    ...(daemonize === undefined ? [] : [`daemonize = ${daemonize}`]),
    ...(daemonize !== true && service.pidFile !== undefined ? [`pid_file = ${ruby(service.pidFile)}`] : []),
    `working_dir = ${ruby(service.cwd)}`,
    `uid = ${ruby(service.user)}`,
    `gid = ${ruby(service.user)}`,
    `environment = { ${environment.join(', ')} }`,
    `start_grace_time = ${seconds(chosen.startGrace)}`,
    `stop_grace_time = ${seconds(chosen.stopGrace)}`,
    ...chosen.attributes,
  ].map((line) => `    process.${line}`);
  const checks = [
    ...(chosen.memoryLimit === undefined
      ? []
      : [
          `    process.checks :mem_usage, every: 1.second, below: ${chosen.memoryLimit}.megabytes, times: ${chosen.memoryTimes}, include_children: true`,
        ]),
    ...(chosen.flapping === undefined
      ? []
      : [
          `    process.checks :flapping, times: ${chosen.flapping.times}, within: ${seconds(chosen.flapping.within)}, retry_in: ${seconds(chosen.flapping.retryIn)}`,
        ]),
    ...(chosen.monitorChildren
      ? [
          '    process.monitor_children do |child|',
          `      child.stop_command = ${ruby(`kill -${service.stop.signal} {{PID}}`)}`,
          '    end',
        ]
      : []),
  ];
  return [
    `Bluepill.application(${ruby(chosen.app)}, log_file: ${ruby(chosen.log)}) do |app|`,
    `  app.process(${ruby(chosen.process)}) do |process|`,
    ...lines,
    ...checks,
    '  end',
    'end',
    '',
  ].join('\n');
}
