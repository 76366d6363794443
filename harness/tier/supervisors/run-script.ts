// The ./run of a service directory (runit, s6): a shell script which becomes the server. What the server is started with is
// all in it; these supervisors know of no user, variable or limit themselves.
import type { Service } from '../service.js';

/** The server's output. A file, so that nobody who dies or hangs can block the server. */
export const SERVER_LOG = '/var/log/web.log';

function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** `asUser`: the command, with its arguments, that executes the rest as the service's user. */
export function runScript(service: Service, asUser: readonly string[]): string {
  return [
    '#!/bin/sh',
    `exec </dev/null >>${SERVER_LOG} 2>&1`,
    ...Object.entries(service.env).map(([name, value]) => `export ${name}=${word(value)}`),
    `cd ${word(service.cwd)} || exit`,
    ...(service.openFiles === undefined ? [] : [`ulimit -n ${service.openFiles} || exit`]),
    `exec ${[...asUser, ...service.argv].map(word).join(' ')}`,
    '',
  ].join('\n');
}
