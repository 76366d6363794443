// The page's own script and style, which lie in page/report/ of the package as plain files, and those of uPlot. Read once:
// a soak writes its page each minute.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../tier/images/package-root.js';

/** In the order in which the browser runs them: each uses only what stands before it. */
const SCRIPTS = [
  'elements',
  'time',
  'panel',
  'charts',
  'lane-tracks',
  'lanes',
  'timeline',
  'findings',
  'receipts',
  'recovery',
  'cascade',
  'compare',
  'details',
  'search',
  'keys',
  'main',
];

const STYLES = ['base', 'verdict', 'timeline', 'sections', 'places'];

export interface PageAssets {
  readonly style: string;
  readonly script: string;
}

let read: PageAssets | undefined;

/** Throws where a file of the package is missing. */
export function pageAssets(): PageAssets {
  if (read) return read;
  const folder = join(packageRoot(), 'page', 'report');
  const uplot = join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
  const text = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
  read = {
    style: [text(uplot, 'uPlot.min.css'), ...STYLES.map((name) => text(folder, `${name}.css`))].join('\n'),
    script: [text(uplot, 'uPlot.iife.min.js'), ...SCRIPTS.map((name) => text(folder, `${name}.js`))].join('\n'),
  };
  return read;
}
