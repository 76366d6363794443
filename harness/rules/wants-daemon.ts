// What several rules ask of an environment: does its supervisor need a server that puts itself into the background, and
// which pid file does it look at? From the suggestions that the supervisor's plug-in makes.
import type { RuleFacts } from './rule.js';

/** The start command has to return, and this one stays: nobody put the server into the background. */
export function staysInForeground({ service, suggests }: RuleFacts): boolean {
  return suggests.daemonize && !service.daemonizes && !isPutIntoBackground(service, suggests);
}

/** It finds the server by a pid file which the server itself has to write. */
export function looksAtOwnPidFile({ service, suggests }: RuleFacts): boolean {
  return suggests.ownPidFile && !isPutIntoBackground(service, suggests);
}

function isPutIntoBackground(service: RuleFacts['service'], suggests: RuleFacts['suggests']): boolean {
  return service.cannotDaemonize && suggests.daemonizesIt === true;
}

/** The setting which keeps the server in the foreground: its own switch, or the supervisor's where it has none. */
export function foregroundSetting({ service }: RuleFacts): string {
  return service.cannotDaemonize ? 'supervisor.daemonize' : 'server.daemonize';
}

export function valueOf(facts: RuleFacts, setting: string): string {
  const [part = '', key = ''] = setting.split('.');
  const choice = part === 'server' ? facts.node.server : facts.node.supervisor;
  const value = choice.options[key];
  return value === undefined ? 'unset' : JSON.stringify(value);
}
