// What a soak came to over all its parts, in lines that the terminal and the job summary share.
import { formatMs, formatShare } from '../core/units.js';
import type { DriftResult, EnvironmentResult, RunResult, SelfResult, SoakEnvironmentResult } from '../verdict/model.js';
import { counted } from './text.js';

/** A word for the margin, and what it says. */
export interface SoakLine {
  readonly head: 'soak' | 'gap' | 'drift' | 'remuster';
  readonly text: string;
  readonly isBad: boolean;
}

const MIB = 1024 ** 2;

export function soakLines({ soak, environments }: RunResult): readonly SoakLine[] {
  if (soak === undefined) return [];
  return [
    ...soak.environments.flatMap((each) => [
      { head: 'soak' as const, text: totals(each, soak.goesOn), isBad: each.proved < each.restarts },
      ...each.gaps.map(({ afterRound, from, to, why }) => ({
        head: 'gap' as const,
        text: `${each.name}: ${why} after round ${String(afterRound)}${from === null ? '' : `, ${from}`}, and went on at ${to} with a new tier`,
        isBad: false,
      })),
    ]),
    ...environments.flatMap(driftLines),
    ...selfLines(environments),
  ];
}

function totals(environment: SoakEnvironmentResult, goesOn: boolean): string {
  const { name, rounds, lostRounds, playedMs, restarts, proved, failed, failedShare, unansweredMs } = environment;
  return [
    `${name}: ${goesOn ? 'so far ' : ''}${counted(rounds, 'round')} in ${formatMs(playedMs)}`,
    ...(lostRounds > 0 ? [`${counted(lostRounds, 'round')} broken off and played again`] : []),
    `${String(proved)} of ${counted(restarts, 'restart')} proved`,
    `${formatShare(failedShare)} failed (${String(failed)})`,
    unansweredMs === 0 ? 'somebody always answered' : `nobody answered for ${formatMs(unansweredMs)} in all`,
  ].join('; ');
}

function driftLines({ name, drift }: EnvironmentResult): readonly SoakLine[] {
  if (drift === undefined) return [];
  const of = (state: DriftResult['state']): readonly DriftResult[] => drift.filter((each) => each.state === state);
  const drifting = of('drifts').map((each) => ({
    head: 'drift' as const,
    text: `${name}: ${each.name}: ${each.evidence}`,
    isBad: true,
  }));
  const few = of('not-enough-data').length;
  const steady = `${name}: nothing in ${counted(of('steady').length, 'figure')}${few === 0 ? '' : `; of ${String(few)} there are not enough values yet`}`;
  return drifting.length > 0 ? drifting : [{ head: 'drift', text: steady, isBad: false }];
}

function selfLines(environments: readonly EnvironmentResult[]): readonly SoakLine[] {
  return environments.flatMap(({ name, self }) =>
    self === undefined || self.samples === 0
      ? []
      : [{ head: 'remuster', text: `${name}: ${selfWords(self)}`, isBad: false }],
  );
}

function selfWords({ rssBytes, rssBytesPerHour, openFiles }: SelfResult): string {
  const mib = (bytes: number): string => String(Math.round((bytes / MIB) * 10) / 10);
  const slope =
    rssBytesPerHour === undefined ? '' : ` (${rssBytesPerHour < 0 ? '' : '+'}${mib(rssBytesPerHour)} MiB an hour)`;
  return `its own memory ${mib(rssBytes.first)} to ${mib(rssBytes.last)} MiB${slope}, open files ${String(openFiles.first)} to ${String(openFiles.last)}`;
}
