// A matrix as Markdown: matrix.md of a run, and docs/matrix.md of the stored one. Pure.
import { clean } from '../report/text.js';
import type { CellOutcome } from './outcome.js';
import { cellText, countWords, givenOf, GLYPHS, LEGEND, reasonsOf, viewsOf } from './views.js';

/** `intro`: paragraphs between the title and the tables. */
export function renderMatrixMarkdown(title: string, intro: readonly string[], cells: readonly CellOutcome[]): string {
  const legend = Object.entries(LEGEND).map(([verdict, words]) => `${GLYPHS[verdict as keyof typeof GLYPHS]} ${words}`);
  const given = givenOf(cells).map(
    ({ cells: ids, text }) => `- \`${text}\`: ${ids.map((id) => `\`${id}\``).join(', ')}`,
  );
  return [
    `# ${title}`,
    ...intro,
    `${cells.length} cells: ${countWords(cells)}. ${legend.join('; ')}. An empty place was not asked for.`,
    ...viewsOf(cells).flatMap((view) => [
      `## ${capital(view.title)}`,
      [
        row([view.corner, ...view.columns]),
        row(Array.from({ length: view.columns.length + 1 }, () => '---')),
        ...view.rows.map(({ name, cells: own }) => row([name, ...own.map(cellText)])),
      ].join('\n'),
    ]),
    '## Reasons',
    reasonsOf(cells)
      .map(({ glyph, cells: ids, text }) => `- ${glyph} ${ids.map((id) => `\`${id}\``).join(', ')}: ${escaped(text)}`)
      .join('\n') || 'Every cell passed.',
    ...(given.length === 0 ? [] : ['## Supervisors that are not at their defaults', given.join('\n')]),
  ]
    .join('\n\n')
    .concat('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |`;
}

/** Quoted words of servers must not become markup. */
function escaped(text: string): string {
  return clean(text).replaceAll(/([\\`*_{}[\]<>#|~])/g, '\\$1');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
