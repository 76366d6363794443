// What do load generators report of a server that dies? Each case of the contract suite, played to plain autocannon, plain
// k6 and remuster's engines in turn, each against a server of its own whose log is the truth.
// After `npm run build` (engines run compiled): node --import tsx bench/honest-load.ts [--only killed,fin] [--write docs/honest-load.md]; k6 from the PATH or REMUSTER_K6.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from '../harness/core/errors.js';
import { findK6 } from '../harness/load/k6/find.js';
import { connectDocker } from '../harness/tier/runtime/docker.js';
import { cases, type LoadCase } from '../test/contract/load/cases.js';
import type { Generator } from './honest-load/generator.js';
import { guardedAutocannon, k6, open, sentinel } from './honest-load/own-engines.js';
import { pageOf, tableOf } from './honest-load/page.js';
import { plainAutocannon } from './honest-load/plain-autocannon.js';
import { plainK6 } from './honest-load/plain-k6.js';
import { play, type CaseResult, type NotPlayed, type Row } from './honest-load/play.js';
import { alone, BehindBalancer, type World } from './honest-load/world.js';

interface Staged {
  readonly key: string;
  readonly outage: LoadCase;
  readonly newWorld: (signal: AbortSignal) => Promise<World>;
}

const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'string' } } });
const abort = new AbortController();
process.once('SIGINT', () => abort.abort(new Error('interrupted')));
const note = (line: string): void => void process.stderr.write(`${line}\n`);

const k6Version = await findK6(process.env, abort.signal).then(
  ({ version }) => version,
  (error: unknown) => {
    note(`k6 is left out: ${messageOf(error)}`);
    return undefined;
  },
);
const generators: readonly Generator[] = [
  plainAutocannon,
  guardedAutocannon,
  open,
  ...(k6Version === undefined ? [] : [plainK6, k6]),
  sentinel,
];
const stages = chosen([...ofOneServer(), ...(await behindBalancer())], values.only);

const results: CaseResult[] = [];
for (const { key, outage, newWorld } of stages) {
  const rows: (Row | NotPlayed)[] = [];
  for (const generator of generators) {
    if (generator.plays?.(outage) === false) continue;
    note(`${key}: ${generator.name}`);
    rows.push(await play(generator, outage, () => newWorld(abort.signal), abort.signal));
  }
  const result = { key, title: outage.title, rows };
  results.push(result);
  process.stdout.write(`${tableOf(result)}\n`);
}
const page = pageOf(results, { generators, k6Version });
if (values.write === undefined) process.stdout.write(page.words);
else writeFileSync(values.write, page.text);
process.exit(0);

function ofOneServer(): readonly Staged[] {
  return Object.entries(cases).map(([key, outage]) => ({ key, outage, newWorld: alone }));
}

async function behindBalancer(): Promise<readonly Staged[]> {
  try {
    await connectDocker();
  } catch (error) {
    note(`the cases behind HAProxy are left out: ${messageOf(error)}`);
    return [];
  }
  return (['no retries', 'retries'] as const).map((how) => ({
    key: how === 'retries' ? 'balancedWithRetries' : 'balanced',
    outage: { ...cases.killed, title: `one of two behind HAProxy is killed, ${how}; back after 3 s` },
    newWorld: (signal) => BehindBalancer.started(how, signal),
  }));
}

function chosen(all: readonly Staged[], only: string | undefined): readonly Staged[] {
  if (only === undefined) return all;
  const names = only.split(',');
  const unknown = names.find((name) => !all.some(({ key }) => key === name));
  if (unknown === undefined) return all.filter(({ key }) => names.includes(key));
  note(`--only: there is no case ${unknown}; the cases are ${all.map(({ key }) => key).join(', ')}`);
  process.exit(2);
}
