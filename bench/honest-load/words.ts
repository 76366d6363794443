// What the tables say, in sentences that are worked out from them: a sentence for which nothing was played is left out.
import { USERS } from '../../test/contract/load/cases.js';
import { edgesOff, failuresIn, generatorsIn, milliseconds, playedBy, unknownIn, type Found } from './accounts.js';
import { wasPlayed, type CaseResult, type Row } from './play.js';

export function wordsOf(results: readonly CaseResult[]): readonly string[] {
  return [
    ...generatorsIn(results).flatMap((name) => books(name, playedBy(results, name))),
    ...compared(results, 'killed', 'failed requests when the server is killed for 3 s', failedShare),
    ...compared(results, 'fin', 'failed when connections end with FIN', againstServer),
    ...compared(results, 'balancedWithRetries', 'failed when one of two behind HAProxy is killed, with retries', count),
    ...compared(results, 'killed', 'p99 after 3 s without a server that answers in 20 ms', p99),
    ...compared(results, 'frozen', 'p99 over a freeze of 3 s', p99),
    ...edges(results),
  ];
}

/** Do its own figures add up? */
function books(name: string, rows: readonly Found[]): readonly string[] {
  const told = rows.filter(({ account }) => unknownIn(account) !== undefined);
  if (told.length === 0) return [];
  // Who does not tell what was in flight at the end may have had a request of each user there.
  const open = told.filter(({ account }) => {
    return Math.abs(unknownIn(account) ?? 0) > (account.inFlight === undefined ? USERS : 0);
  });
  const [worst] = [...open].sort((a, b) => Math.abs(unknownIn(b.account) ?? 0) - Math.abs(unknownIn(a.account) ?? 0));
  const again = sentAgain(told);
  if (!worst) return [`**${name}**: its figures add up in ${told.length} of ${told.length} cases${again}.`];
  const count = unknownIn(worst.account) ?? 0;
  const what = count > 0 ? `${count} requests have no outcome` : `${-count} outcomes belong to no request`;
  return [
    `**${name}**: its figures do not add up in ${open.length} of ${told.length} cases; at worst ${what}, of ${worst.account.offered ?? 0} offered (${worst.title})${again}.`,
  ];
}

/** Requests that only the server knows of; those in flight at the end can be as many as there are users. */
function sentAgain(rows: readonly Found[]): string {
  const more = rows.map((row) => ({ title: row.title, count: row.truth.read - (row.account.offered ?? 0) }));
  const [worst] = more.filter(({ count }) => count > USERS).sort((a, b) => b.count - a.count);
  return worst ? `, but the server read ${worst.count} requests more than it tells of (${worst.title})` : '';
}

function compared(
  results: readonly CaseResult[],
  key: string,
  subject: string,
  figure: (row: Row) => string | undefined,
): readonly string[] {
  const rows = results.find((result) => result.key === key)?.rows.filter(wasPlayed) ?? [];
  const parts = rows.flatMap((row) => {
    const words = figure(row);
    return words === undefined ? [] : [`${row.generator} ${words}`];
  });
  return parts.length === 0 ? [] : [`${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)}: ${parts.join('; ')}.`];
}

function failedShare({ account: { offered, failed } }: Row): string | undefined {
  if (offered === undefined || offered === 0) return undefined;
  return `${((failuresIn(failed) / offered) * 100).toFixed(1)} %`;
}

function count({ account: { failed } }: Row): string | undefined {
  return failed && String(failuresIn(failed));
}

function againstServer({ account: { failed }, truth }: Row): string | undefined {
  return failed && `${failuresIn(failed)}, of which the server cut ${truth.cut}`;
}

function p99({ account: { p99Ms } }: Row): string | undefined {
  return p99Ms === undefined ? undefined : `${milliseconds(p99Ms)} ms`;
}

/** By how much the times of an outage are off, at worst; and who does not see its end, or tells no time. */
function edges(results: readonly CaseResult[]): readonly string[] {
  const names = generatorsIn(results);
  const parts = names.flatMap((name) => {
    const outages = playedBy(results, name).filter(({ truth }) => truth.struckMs !== undefined);
    if (outages.length === 0) return [];
    if (outages.every(({ account }) => !account.seen)) return [`${name} tells no times`];
    const found = outages.map(({ account, truth }) => edgesOff(account, truth));
    const offMs = found.flatMap(({ firstFailure, answersAgain }) =>
      [firstFailure, answersAgain].flatMap((ms) => (ms === undefined ? [] : [Math.abs(ms)])),
    );
    if (offMs.length === 0) return [`${name} saw none`];
    const blind = found.filter((each) => each.blind).length;
    const never = blind === 0 ? '' : `, and in ${blind} cases it never saw the server again`;
    return [`${name} ${Math.round(Math.max(...offMs))} ms${never}`];
  });
  return parts.length === 0 ? [] : [`Edges of an outage, off by at most: ${parts.join('; ')}.`];
}
