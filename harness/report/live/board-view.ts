// The board as lines of at most `width` columns and at most `height` lines: header, load, one row per node, last events.
// Pure: the same model, size and time give the same lines.
import { sparkline } from '../sparkline.js';
import { levelWords } from '../../plan/load-profile.js';
import { postWords } from '../../plan/post-words.js';
import { formatMiB, formatMs } from '../../core/units.js';
import { toned, type Ink } from '../colors.js';
import { clean, fit, formatAt, formatCount, pad, padStart, widthOf } from '../text.js';
import { type BoardModel, type NodeRow } from './board-model.js';
import type { Sentence } from './storyteller.js';

export interface BoardSize {
  readonly width: number;
  readonly height: number;
}

/** `nowMs`: journal time now, which may be later than the last event. */
export function boardLines(model: BoardModel, size: BoardSize, nowMs: number, ink: Ink): string[] {
  const { width } = size;
  const top = [
    ...headerLines(model, width, nowMs).map((line) => ink.bold(line)),
    '',
    ...loadLines(model, width),
    ...nodeLines(model, width, nowMs, ink),
    '',
  ];
  const room = size.height - top.length;
  const events = room > 0 ? [...model.sentences].reverse().slice(0, room) : [];
  return [...top, ...events.map((sentence) => eventLine(sentence, model, width, ink))].slice(0, size.height);
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function phaseWords(model: BoardModel): string {
  if (model.phase !== 'rounds') return model.phase ?? 'starting';
  const fault = model.faultName === undefined ? '' : `: ${model.faultName}`;
  return `round ${model.round} of ${model.plan.rounds.length}${fault}`;
}

function headerLines(model: BoardModel, width: number, nowMs: number): string[] {
  const { plan, index, of } = model;
  const which = of > 1 ? ` (${index + 1} of ${of})` : '';
  const name = `${clean(plan.scenario)} · ${clean(plan.environment.name)}${which}`;
  const time = clock(nowMs - (model.loadStartMs ?? 0));
  const left = `${name} · ${phaseWords(model)} · ${time}`;
  const seed = `seed ${plan.seed}`;
  if (widthOf(left) + widthOf(seed) + 2 <= width) return [pad(left, width - widthOf(seed)) + seed];
  if (widthOf(left) <= width) return [left];
  return [fit(name, width), fit(`${phaseWords(model)} · ${time}`, width)];
}

function loadLines(model: BoardModel, width: number): string[] {
  if (model.loadStartMs === undefined) {
    return [fit(model.step === undefined ? 'no load yet' : clean(model.step), width), ''];
  }
  const perSecond = model.perSecond(width < 60 ? 8 : 16);
  const failed = model.failedTotal;
  const mostly = model.failedMostly;
  const p99 = model.p99Ms;
  const parts = [
    levelWords(model.plan.load.model, model.level),
    `${perSecond.at(-1) ?? 0} req/s`,
    sparkline(perSecond, 1),
    `ok ${formatCount(model.answered)}`,
    `failed ${formatCount(failed)}${mostly === undefined ? '' : ` (${mostly})`}`,
    ...(p99 === undefined ? [] : [`p99 ${p99 < 1000 ? `${Math.round(p99)} ms` : formatMs(p99)}`]),
    ...(model.unsent > 0 ? [`unsent ${formatCount(model.unsent)}`] : []),
    ...(model.inFlight > 0 ? [`in flight ${model.inFlight}`] : []),
  ].filter((part) => part !== '');
  const lines: string[] = [];
  let line = 'load ';
  for (const part of parts) {
    if (widthOf(line) + 2 + widthOf(part) > width) {
      if (lines.length === 1) break;
      lines.push(line);
      line = '     ';
    }
    line += `  ${part}`;
  }
  return [...lines, line].map((each) => fit(each, width)).concat('');
}

interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** Narrow screens keep the columns of the lowest rank. */
  readonly rank: number;
  cell(row: NodeRow): string;
  paint?(row: NodeRow, ink: Ink): (text: string) => string;
}

function columnsOf(model: BoardModel, nowMs: number): Column[] {
  const words = postWords(model.plan);
  return [
    { title: 'node', rank: 0, cell: (row) => row.node },
    {
      title: 'supervisor',
      rank: 2,
      cell: (row) => (row.supervisor === undefined ? '' : `${words(row.node).supervisor} ${clean(row.supervisor)}`),
      paint: (row, ink) => (row.supervisorGood ? String : ink.yellow),
    },
    {
      title: 'server',
      rank: 1,
      cell: (row) => (row.pid === undefined ? (row.generation > 0 ? 'none' : '') : `pid ${row.pid}`),
      paint: (row, ink) => (row.pid === undefined ? ink.red : String),
    },
    { title: 'gen', rank: 4, right: true, cell: (row) => (row.generation === 0 ? '' : String(row.generation)) },
    {
      title: 'age',
      rank: 5,
      right: true,
      cell: (row) => (row.masterSinceMs === undefined ? '' : clock(nowMs - row.masterSinceMs)),
    },
    {
      title: 'mem',
      rank: 6,
      right: true,
      cell: (row) => (row.memoryBytes === undefined ? '' : formatMiB(row.memoryBytes)),
    },
    { title: 'share', rank: 3, right: true, cell: (row) => (row.isNode ? shareWords(model.shareOf(row.node)) : '') },
    {
      title: 'balancer',
      rank: 1,
      cell: (row) => (row.backend === undefined ? '' : clean(row.backend)),
      paint: (row, ink) => (row.backendUp ? ink.green : ink.red),
    },
  ];
}

function shareWords(share: number | undefined): string {
  return share === undefined ? '' : `${Math.round(share * 100)} %`;
}

function nodeLines(model: BoardModel, width: number, nowMs: number, ink: Ink): string[] {
  const rows = model.rows;
  const all = columnsOf(model, nowMs).map((column) => {
    const cells = rows.map((row) => fit(column.cell(row), 26));
    return { column, cells, width: Math.max(widthOf(column.title), ...cells.map(widthOf)) };
  });
  let shown = all;
  const taken = (): number => shown.reduce((sum, each) => sum + each.width + 2, -2);
  for (let rank = 6; rank > 0 && taken() > width; rank -= 1) shown = shown.filter((each) => each.column.rank < rank);
  const lastRoom = width - taken() - 2;
  const align = (each: (typeof all)[number], text: string): string =>
    each.column.right === true ? padStart(text, each.width) : pad(text, each.width);
  const head = shown.map((each) => align(each, each.column.title));
  const withLast = lastRoom >= 12;
  const lines = rows.map((row, index) => {
    const cells = shown.map((each) => (each.column.paint?.(row, ink) ?? String)(align(each, each.cells[index] ?? '')));
    const last = withLast && row.last !== undefined ? lastWords(row.last, nowMs, lastRoom, ink) : '';
    return [...cells, ...(last === '' ? [] : [last])].join('  ').trimEnd();
  });
  return [ink.dim([...head, ...(withLast ? ['last event'] : [])].join('  ').trimEnd()), ...lines];
}

function lastWords(last: Sentence, nowMs: number, room: number, ink: Ink): string {
  const ago = `, ${clock(nowMs - last.atMs)} ago`;
  const text = room >= 24 ? fit(last.text, room - widthOf(ago)) + ago : fit(last.text, room);
  return toned(ink, last.tone)(text);
}

function eventLine(sentence: Sentence, model: BoardModel, width: number, ink: Ink): string {
  const nodeWidth = Math.max(...model.rows.map((row) => widthOf(row.node)));
  const prefix = `${padStart(timeWords(sentence.atMs, model.loadStartMs), 7)}  ${pad(sentence.node ?? '', nodeWidth)}  `;
  return prefix + toned(ink, sentence.tone)(fit(sentence.text, Math.max(0, width - widthOf(prefix))));
}

/** One clock for all: since the start of the load; what was before it has no time on that clock. */
export function timeWords(atMs: number, loadStartMs: number | undefined): string {
  return loadStartMs === undefined || atMs < loadStartMs ? '-' : formatAt(atMs - loadStartMs);
}
