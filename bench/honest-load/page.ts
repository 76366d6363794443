// The page of the comparison: what the tables say in plain words, worked out from them; the tables; the command.
import { cpus } from 'node:os';
import { USERS } from '../../test/contract/load/cases.js';
import { edgesOff, failuresIn, milliseconds, unknownIn } from './accounts.js';
import type { Account, Generator } from './generator.js';
import { wasPlayed, type CaseResult, type NotPlayed, type Row } from './play.js';
import { wordsOf } from './words.js';

const COMMAND = 'npm run build && node --import tsx bench/honest-load.ts --write docs/honest-load.md';
const HEAD = [
  ...['', 'offered', 'answered', 'failed', 'unsent', 'in flight', 'unknown', 'p99 ms'],
  ...['server read', 'server answered', 'first failure off by', 'answers again off by'],
];

export interface Circumstances {
  readonly generators: readonly Generator[];
  readonly k6Version: string | undefined;
}

export function tableOf({ key, title, rows }: CaseResult): string {
  const lines = rows.map((row) => (wasPlayed(row) ? cellsOf(row) : notPlayed(row)));
  return [`### ${title}`, '', `\`${key}\``, '', line(HEAD), line(HEAD.map(() => '---')), ...lines.map(line), ''].join(
    '\n',
  );
}

export function pageOf(
  results: readonly CaseResult[],
  { generators, k6Version }: Circumstances,
): { readonly words: string; readonly text: string } {
  const words = wordsOf(results)
    .map((each) => `- ${each}\n`)
    .join('');
  const versions = [
    ...[`Node ${process.versions.node}`, 'autocannon 9.0.0'],
    ...(k6Version === undefined ? ['no k6 found'] : [`k6 ${k6Version}`]),
    `${cpus().length} cores, shared by server and generator`,
  ];
  const text = `# Honest load

What load generators report of a server that dies under them. The cases are those of the contract suite
(\`test/contract/load/cases.ts\`); each generator gets a server of its own, whose log is the truth. This page is written by the
command at its end.

## What the tables say

${words}
## Who is compared

${generators.map(({ name, how }) => `- **${name}**: ${how}.`).join('\n')}

Run with ${versions.join(', ')}.

## How to read the tables

Each figure is the generator's own; a dash is what it does not tell. *Unknown* is what its own figures leave open: offered, less answered,
failed, unsent and in flight at the end (who does not tell the last may have had up to ${USERS} there). *Server read* and *server answered* are from the server's log of that run; what was
read and not answered went down with the server, was cut, or was in flight at the end. *Off by* is its time less the true one, in ms:
the kill, the cut or the freeze; and the server's word that it listens again (or is thawed), after which its first answer takes 20 ms.
The engines tell frames of 100 ms, and a frame's time is its beginning; the sentinel tells when the first request that failed was due.

## The tables

${results.map(tableOf).join('\n')}
## The command

\`\`\`
${COMMAND}
\`\`\`

k6 is the one on the \`PATH\` or in \`REMUSTER_K6\`; the cases behind HAProxy need a container engine. \`--only killed,fin\` plays some of the cases.
`;
  return { words, text };
}

function cellsOf({ generator, account, truth }: Row): readonly string[] {
  const { offered, answered, failed, unsent, inFlight, p99Ms } = account;
  const { firstFailure, answersAgain, blind } = edgesOff(account, truth);
  return [
    ...[generator, shown(offered), shown(answered), failed ? kindsOf(failed) : '-', shown(unsent), shown(inFlight)],
    ...[shown(unknownIn(account)), p99Ms === undefined ? '-' : milliseconds(p99Ms)],
    ...[shown(truth.read), shown(truth.answered)],
    offBy(firstFailure),
    blind ? 'never' : offBy(answersAgain),
  ];
}

function kindsOf(failed: NonNullable<Account['failed']>): string {
  const kinds = Object.entries(failed).filter(([, count]) => count > 0);
  const names = kinds.map(([kind, count]) => `${kind} ${count}`).join(', ');
  return kinds.length === 0 ? '0' : `${failuresIn(failed)} (${names})`;
}

function notPlayed({ generator, why }: NotPlayed): readonly string[] {
  return [generator, `not played: ${why.replaceAll('|', '/').replaceAll(/\s+/g, ' ')}`, ...HEAD.slice(2).map(() => '')];
}

function offBy(offMs: number | undefined): string {
  if (offMs === undefined) return '-';
  const ms = Math.round(offMs);
  return ms > 0 ? `+${ms}` : String(ms);
}

function shown(count: number | undefined): string {
  return count === undefined ? '-' : String(count);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
