// The two charts of an environment, drawn by uPlot: requests per second, and latency. They share the page's piece of time;
// dragging over one chooses a piece, moving over one moves everybody's cursor.
'use strict';
{
  const { el, view, time, colour } = remuster;
  const GUTTER = 62;
  const RIGHT = 10;
  const LEAST_POINT_MS = 1000;

  /** Widths of points that people can divide by. */
  const STEPS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000];

  /** Rates per second over points of a width that suits what is shown; where nothing was written, nothing happened. */
  function rates({ load, fromMs, toMs }) {
    const span = view.toMs - view.fromMs;
    const wanted = Math.max(load.bucketMs, Math.min(LEAST_POINT_MS, span / 20), span / 300);
    const pointMs = STEPS_MS.find((step) => step >= wanted) ?? wanted;
    const first = Math.floor(Math.max(0, fromMs) / pointMs);
    const count = Math.max(1, Math.ceil(toMs / pointMs) - first);
    const columns = {
      offered: new Float64Array(count),
      answered: new Float64Array(count),
      failed: new Float64Array(count),
    };
    load.atMs.forEach((atMs, index) => {
      const at = Math.floor(atMs / pointMs) - first;
      if (at < 0 || at >= count) return;
      for (const [name, column] of Object.entries(columns)) column[at] += load[name][index];
    });
    const perSecond = (column) => Array.from(column, (sum) => (sum * 1000) / pointMs);
    const x = Array.from({ length: count }, (_, index) => (first + index) * pointMs);
    return [x, perSecond(columns.offered), perSecond(columns.answered), perSecond(columns.failed)];
  }

  /** A second without an answer is a gap, no line. */
  function latencies({ latency }) {
    const { atMs, bucketMs, p50Ms, p95Ms, p99Ms, maxMs } = latency;
    const columns = [[], [], [], [], []];
    atMs.forEach((at, index) => {
      if (index > 0 && at - atMs[index - 1] > bucketMs * 1.5) {
        [atMs[index - 1] + bucketMs, null, null, null, null].forEach((value, column) => columns[column].push(value));
      }
      [at, p50Ms[index], p95Ms[index], p99Ms[index], maxMs[index]].forEach((value, column) =>
        columns[column].push(value),
      );
    });
    return columns;
  }

  function drawBands(environment) {
    return (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      for (const { kind, fromMs, toMs } of environment.bands) {
        if ((kind !== 'fault' && kind !== 'outage') || toMs < view.fromMs || fromMs > view.toMs) continue;
        const left = plot.valToPos(fromMs, 'x', true);
        const width = Math.max(2, plot.valToPos(toMs, 'x', true) - left);
        ctx.globalAlpha = 0.22;
        ctx.fillStyle = colour(kind === 'fault' ? 'fault' : 'bad');
        ctx.fillRect(left, bbox.top, width, bbox.height);
        ctx.globalAlpha = 1;
        ctx.fillRect(left, bbox.top, kind === 'fault' ? 2 : width, kind === 'fault' ? bbox.height : 4);
      }
      ctx.restore();
    };
  }

  /** Few failures among many answers are no more than a line of one pixel: each gets a mark at the bottom as well. */
  function markFailures(plot) {
    const [x, , , failed] = plot.data;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colour('bad');
    failed.forEach((rate, index) => {
      if (!(rate > 0) || x[index] < view.fromMs || x[index] > view.toMs) return;
      ctx.fillRect(plot.valToPos(x[index], 'x', true), bbox.top + bbox.height - 5, 3, 5);
    });
    ctx.restore();
  }

  function axes(values) {
    const common = {
      stroke: colour('text'),
      grid: { stroke: colour('grid'), width: 1 },
      ticks: { stroke: colour('grid'), width: 1 },
      font: '12px system-ui, sans-serif',
    };
    return [
      {
        ...common,
        size: 26,
        values: (_, splits) => splits.map(timeLabel),
      },
      { ...common, size: GUTTER, values },
    ];
  }

  function timeLabel(ms) {
    const text = remuster.format.at(ms);
    return view.toMs - view.fromMs >= 10_000 ? text.replace('.0 s', ' s') : text;
  }

  function make(host, environment, { title, series, values, columns, scale, draw, height }) {
    const options = {
      width: Math.max(200, host.clientWidth),
      height,
      padding: [8, RIGHT, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
      scales: { x: { time: false, range: () => [view.fromMs, view.toMs] }, y: scale },
      axes: axes(values),
      series: [{}, ...series],
      hooks: {
        drawClear: [drawBands(environment)],
        draw: draw ? [draw] : [],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            const [fromMs, toMs] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            time.setRange(fromMs, toMs);
          },
        ],
        setCursor: [
          (plot) => {
            // Only the one that the pointer is over speaks; the others are told.
            if (plot.over.matches(':hover'))
              time.setCursor(plot.cursor.left >= 0 ? plot.posToVal(plot.cursor.left, 'x') : null);
          },
        ],
      },
    };
    const plot = new uPlot(options, columns(environment), host);
    plot.over.addEventListener('dblclick', () => time.all());
    host.setAttribute('role', 'img');
    host.setAttribute('aria-label', title);
    return {
      redraw: () => plot.setData(columns(environment)),
      resize: () => plot.setSize({ width: Math.max(200, host.clientWidth), height }),
      cursor: (atMs) =>
        plot.setCursor(
          atMs === null || atMs < view.fromMs || atMs > view.toMs
            ? { left: -10, top: -10 }
            : { left: plot.valToPos(atMs, 'x'), top: 10 },
          false,
        ),
      destroy: () => plot.destroy(),
    };
  }

  const line = (name, width, dash) => ({
    stroke: colour(name),
    width,
    ...(dash ? { dash } : {}),
    points: { show: false },
  });

  const key = (sign, words) => el('span', { class: 'key' }, el('i', { class: sign, 'aria-hidden': 'true' }), words);

  remuster.charts = {
    GUTTER,
    RIGHT,
    /** The charts of an environment; `mostPerSecond`, `mostMs`: the same axes for several. */
    draw(host, environment, { height = 150, mostPerSecond, mostMs } = {}) {
      if (environment.load.atMs.length === 0) {
        host.append(el('p', { class: 'none' }, 'No load was recorded.'));
        return [];
      }
      const boxes = [el('div', { class: 'chart load' }), el('div', { class: 'chart latency' })];
      const failedBy = Object.entries(environment.load.failedBy).map(
        ([kind, count]) => `${kind} ${remuster.format.count(count)}`,
      );
      host.append(
        el(
          'p',
          { class: 'keys' },
          el('b', {}, 'requests per second'),
          key('offered', 'offered'),
          key('answered', 'answered'),
          key('failed', `failed${failedBy.length > 0 ? ` (${failedBy.join(', ')})` : ''}`),
        ),
        boxes[0],
        el(
          'p',
          { class: 'keys' },
          el('b', {}, 'latency of answers'),
          key('p50', 'median'),
          key('p95', 'p95'),
          key('p99', 'p99'),
          key('max', 'slowest'),
        ),
        boxes[1],
      );
      const load = make(boxes[0], environment, {
        title: `requests per second: offered, answered and failed, of ${environment.name}`,
        series: [
          { ...line('offered', 2, [6, 4]) },
          { ...line('answered', 1.5), fill: colour('answered-fill') },
          { ...line('bad', 2), fill: colour('bad-fill') },
        ],
        values: (_, splits) => splits.map((value) => String(value)),
        columns: rates,
        scale: { range: (_, __, max) => [0, Math.max(1, mostPerSecond ?? max) * 1.08] },
        draw: markFailures,
        height,
      });
      const slow = make(boxes[1], environment, {
        title: `latency of answered requests: median, 95th and 99th percentile and slowest, of ${environment.name}`,
        series: [line('answered', 2), line('offered', 1.5, [6, 3]), line('p99', 2), line('max', 1, [2, 3])],
        values: (_, splits) => splits.map((ms) => (ms === null ? '' : ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`)),
        columns: latencies,
        scale: {
          distr: 3,
          log: 10,
          ...(mostMs === undefined
            ? {}
            : { range: (_, min) => [Math.max(1, 10 ** Math.floor(Math.log10(min ?? 1))), mostMs] }),
        },
        height,
      });
      return [load, slow];
    },
  };
}
