// The scenario that `remuster init` writes: YAML with comments, short enough to be read whole.
import { stringify } from 'yaml';
import { choiceText } from '../scenario/choice-text.js';
import type { NodeSource } from './look-around.js';

/** A kind with the options that name the service, or the word 'detect'; and how that is known. */
export interface SupervisorAnswer {
  readonly kind: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly why?: string;
}

export interface Answers {
  readonly name: string;
  readonly source: NodeSource;
  readonly port: number;
  readonly health: string;
  readonly supervisor: SupervisorAnswer;
  readonly nodes: number;
  readonly seen: readonly string[];
}

export function scenarioText({ name, source, port, health, supervisor, nodes, seen }: Answers): string {
  const noted = seen.length === 0 ? [] : ['# Found in this folder:', ...seen.map((each) => `#   ${each}`)];
  return [
    '# Does every node come back when its server is killed, or restarted by its supervisor, in the middle of load?',
    '#   npx remuster validate   checks this file       npx remuster run   plays it',
    '#   npx remuster schema > scenario.schema.json      lets an editor complete and check it:',
    '# yaml-language-server: $schema=scenario.schema.json',
    ...noted,
    `name: ${text(name)}`,
    `nodes: ${String(nodes)}`,
    '',
    'node:',
    ...sourceLines(source).map((line) => `  ${line}`),
    `  port: ${String(port)}              # the port that the balancer reaches`,
    `  health: ${text(health)}             # answers 2xx while the server is well`,
    '  # mounts: [./production.conf:/etc/app.conf]   # copied into each node before it starts',
    '',
    '# One environment per way in which the tier is run; they may differ in image, mounts, variables, supervisor.',
    'environments:',
    '  production:',
    ...supervisorLines(supervisor).map((line) => `    ${line}`),
    '',
    'load:',
    '  requests:',
    `    - path: ${text(health)}`,
    '  stages:',
    '    - { users: 5, for: 5s }',
    '    - { users: 20 }         # the peak: held until the rounds are over',
    '  think: 100ms..300ms',
    '',
    'rounds:',
    '  - { fault: { kind: kill, signal: KILL, process: master }, target: each, at: peak }',
    '  - { fault: restart-command, target: one }',
    '',
    'limits:',
    '  recovered: 30s            # from the fault until the node has its share of the load again',
    '  failedShare: { fault: 50%, recovery: 20%, after: 1% }',
    '',
  ].join('\n');
}

function sourceLines(source: NodeSource): readonly string[] {
  switch (source.kind) {
    case 'image':
      return [`image: ${text(source.image)}`];
    case 'build':
      return [`build: ${text(source.folder)}              # a folder with a Dockerfile`];
    case 'compose':
      return [`compose: ${text(source.file)}`, `service: ${text(source.service)}`];
  }
}

function supervisorLines({ kind, options = {}, why }: SupervisorAnswer): readonly string[] {
  if (kind === 'detect')
    return ['supervisor: detect    # found by looking; or say it: { kind: systemd, unit: shop.service }'];
  const pid1 =
    kind === 'docker'
      ? ["# The engine's own init stands above the server, so that KILL can hit it; init: false leaves it out."]
      : [];
  return [...(why === undefined ? [] : [`# ${why}`]), ...pid1, `supervisor: ${choiceText(kind, options)}`];
}

/** Quoted where YAML wants it. */
function text(value: string): string {
  return stringify(value).trimEnd();
}
