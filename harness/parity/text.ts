// A comparison as people read it: numbered, most dangerous first; what follows from a difference stands below it, short
// enough to be read. Pure.
import type { Comparison, Difference, Trapped } from './compare.js';
import type { Follows } from './follows.js';

const LONGEST = 48;
/** Lines of one text that are shown without --text. */
const FEW_LINES = 6;

export function comparisonText(comparison: Comparison, wholeTexts: boolean): string {
  const { of, with: other, differences, together, inBoth, live } = comparison;
  const count = differences.length === 0 ? 'no difference' : counted(differences.length, 'difference');
  const blocks = [
    `${of} | ${other}: ${count}`,
    ...differences.map((each, index) => `${index + 1}. ${differenceText(each, wholeTexts)}`),
    ...(together.length === 0
      ? []
      : [`from several of these together\n${together.flatMap((each) => followsLines(each, wholeTexts)).join('\n')}`]),
    ...(live === undefined
      ? []
      : [`what really runs: ${live.length === 0 ? 'no difference' : counted(live.length, 'difference')}`]),
    ...(live?.length ? [live.flatMap((each) => followsLines(each, wholeTexts)).join('\n')] : []),
    ...(inBoth.length === 0
      ? []
      : [
          `no difference, but both are in: ${inBoth
            .map(({ rule, setting }) => `${rule.trap} (${rule.name}, ${setting})`)
            .join('; ')}`,
        ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function differenceText(difference: Difference, wholeTexts: boolean): string {
  const { path, of, with: other, note, traps, follows } = difference;
  const head =
    note === undefined ? `${path}  ${of ?? 'unset'} | ${other ?? 'unset'}` : `${path}  ${of ?? 'unset'} ${note}`;
  return [head, ...traps.flatMap(trapLines), ...follows.flatMap((each) => followsLines(each, wholeTexts))].join('\n');
}

function trapLines({ environment, problem }: Trapped): readonly string[] {
  const { rule, sentence, fix } = problem;
  return [
    `   ${rule.severity === 'error' ? 'TRAP' : 'trap (warning)'} ${rule.trap} in ${environment}: ${rule.name}`,
    `     ${sentence}`,
    `     fix: ${fix}`,
    `     show me: remuster run ${rule.scenario}`,
  ];
}

function followsLines({ path, of, with: other, lines }: Follows, wholeTexts: boolean): readonly string[] {
  if (lines === undefined) return [`     ${path}  ${short(of)} | ${short(other)}`];
  const isOneSided = of === null || other === null;
  if (isOneSided && !wholeTexts) return [`     ${path}  ${of ?? 'none'} | ${other ?? 'none'}`];
  const shown = wholeTexts ? lines : lines.slice(0, FEW_LINES);
  const more = lines.length - shown.length;
  return [
    `     ${path}`,
    ...shown.flatMap((line) => [
      ...(line.of === null ? [] : [`       - ${line.of.trim()}`]),
      ...(line.with === null ? [] : [`       + ${line.with.trim()}`]),
    ]),
    ...(more > 0 ? [`       and ${counted(more, 'more line')} (--text shows them)`] : []),
  ];
}

function short(value: string | null): string {
  if (value === null) return 'none';
  return value.length > LONGEST * 2 ? `${value.slice(0, LONGEST * 2 - 3)}...` : value;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
