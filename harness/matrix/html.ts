// A matrix as one HTML page that needs nothing else: the tables, and the reason of each cell behind its link. Pure.
import { escaped } from '../report/html/escape.js';
import type { CellOutcome } from './outcome.js';
import { cellText, countWords, givenOf, GLYPHS, LEGEND, reasonsOf, viewsOf } from './views.js';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 2rem; }
th, td { border: 1px solid #8885; padding: .3rem .6rem; text-align: left; white-space: nowrap; }
th { font-weight: 600; }
td.pass { background: #2a92; } td.fail, td.not-booted { background: #d332; } td.inconclusive { background: #da12; } td.not-applicable { color: #888; }
a { color: inherit; } li { margin: .4rem 0; overflow-wrap: anywhere; } li:target { outline: 2px solid; }
`;

export function renderMatrixHtml(title: string, cells: readonly CellOutcome[]): string {
  const legend = Object.entries(LEGEND).map(([verdict, words]) => `${GLYPHS[verdict as keyof typeof GLYPHS]} ${words}`);
  const tables = viewsOf(cells).map(
    (view) => `<h2>${escaped(view.title)}</h2>
<div class="wide"><table>
<thead><tr><th scope="col">${escaped(view.corner)}</th>${view.columns.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>
${view.rows.map((row) => `<tr><th scope="row">${escaped(row.name)}</th>${row.cells.map(cellHtml).join('')}</tr>`).join('\n')}
</tbody></table></div>`,
  );
  const reasons = reasonsOf(cells).map(
    ({ glyph, cells: ids, text }) =>
      `<li${ids[0] === undefined ? '' : ` id="${anchor(ids[0])}"`}>${glyph} <b>${escaped(ids.join(', '))}</b><br>${escaped(text)}</li>`,
  );
  const given = givenOf(cells).map(
    ({ cells: ids, text }) => `<li><b>${escaped(text)}</b><br>${escaped(ids.join(', '))}</li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<p>${cells.length} cells: ${escaped(countWords(cells))}.</p>
<p>${legend.map(escaped).join('<br>')}</p>
${tables.join('\n')}
<h2>Reasons</h2>
<ul>${reasons.join('\n')}</ul>
${given.length === 0 ? '' : `<h2>Supervisors that are not at their defaults</h2>\n<ul>${given.join('\n')}</ul>`}
</body></html>
`;
}

function cellHtml(cell: CellOutcome | undefined): string {
  if (!cell) return '<td></td>';
  const text = escaped(cellText(cell));
  const linked =
    cell.verdict === 'pass' || cell.verdict === 'not-applicable' ? text : `<a href="#${anchor(cell.id)}">${text}</a>`;
  return `<td class="${cell.verdict}" title="${escaped(cell.reason)}">${linked}</td>`;
}

function anchor(id: string): string {
  return id.replaceAll(/[^\w-]/g, '.');
}
