// supervisord.conf of one program, made from a service. What its own syntax cannot carry goes into a start script, as
// operators do it; nothing is repaired here.
import type { FileSpec } from '../runtime/runtime.js';
import type { Service } from '../service.js';
import type { SupervisordOptions } from './supervisord.js';

export const CONF = '/etc/supervisor/supervisord.conf';
export const SOCKET = '/var/run/supervisor.sock';
export const LOG = '/var/log/supervisor/supervisord.log';
const START = '/etc/supervisor/start-web';

/** Each value is expanded with Python's % operator before anything else (options.py, expand). */
function percent(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A blank before ; or # begins a comment, even within quotes (options.py, UnhosedConfigParser). */
function fits(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !/\s[;#]/.test(text);
}

/** environment= knows no escapes, and strips all quotes at both ends of a value (datatypes.py, dict_of_key_value_pairs). */
function fitsEnvironment(value: string): boolean {
  return fits(value) && !value.includes('"') && !/^'|'$/.test(value);
}

/** command= is split as a shell would; no shell ever runs it. Also a word of sh(1). */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function confFiles(service: Service, chosen: SupervisordOptions): readonly FileSpec[] {
  const env = Object.entries(service.env);
  const fitting = env.filter(([, value]) => fitsEnvironment(value));
  const others = env.filter(([, value]) => !fitsEnvironment(value));
  const needsScript = others.length > 0 || !service.argv.every(fits);
  const script = [
    '#!/bin/sh',
    '# What the environment= and command= of supervisord cannot carry.',
    ...others.map(([name, value]) => `export ${name}=${word(value)}`),
    `exec ${service.argv.map(word).join(' ')}`,
    '',
  ].join('\n');
  return [
    { path: CONF, content: confText(service, chosen, Object.fromEntries(fitting), needsScript) },
    ...(needsScript ? [{ path: START, content: script, mode: 0o755 }] : []),
  ];
}

function confText(
  service: Service,
  chosen: SupervisordOptions,
  env: Readonly<Record<string, string>>,
  needsScript: boolean,
): string {
  // supervisord has no limit for one program (minfds is its own); prlimit(1) sets it and executes the server in its place.
  const limited =
    service.openFiles === undefined ? [] : ['/usr/bin/prlimit', `--nofile=${service.openFiles}:${service.openFiles}`];
  const command = [...limited, ...(needsScript ? [START] : service.argv)];
  const environment = Object.entries(env).map(([name, value]) => `${name}="${percent(value)}"`);
  return [
    '[unix_http_server]',
    `file=${SOCKET}`,
    'chmod=0700',
    '',
    '[supervisord]',
    `logfile=${LOG}`,
    'pidfile=/var/run/supervisord.pid',
    'childlogdir=/var/log/supervisor',
    '',
    '[rpcinterface:supervisor]',
    'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
    '',
    '[supervisorctl]',
    `serverurl=unix://${SOCKET}`,
    '',
    `[program:${chosen.program}]`,
    `command=${percent(command.map(word).join(' '))}`,
    `directory=${percent(service.cwd)}`,
    `user=${percent(service.user)}`,
    ...(environment.length === 0 ? [] : [`environment=${environment.join(',')}`]),
    `startsecs=${chosen.startsecs}`,
    `startretries=${chosen.startretries}`,
    `autorestart=${chosen.autorestart}`,
    `exitcodes=${chosen.exitcodes.join(',')}`,
    `stopsignal=${service.stop.signal}`,
    `stopwaitsecs=${chosen.stopwaitsecs}`,
    `stopasgroup=${chosen.stopasgroup}`,
    `killasgroup=${chosen.killasgroup}`,
    // supervisord itself reads the server's output and writes the file, so it blocks nobody while supervisord lives.
    'stdout_logfile=/var/log/supervisor/web.log',
    'redirect_stderr=true',
    '',
  ].join('\n');
}
