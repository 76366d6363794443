// Draws the page, and draws again what must be: another width, other colours, paper; and reads a run that goes on again.
'use strict';
{
  const { el, svg, data, view, time } = remuster;
  const RELOAD_MS = 60_000;

  function drawAll() {
    for (const part of ['timeline', 'compare']) remuster[part].build();
    for (const part of ['findings', 'receipts', 'recovery', 'cascade', 'details']) remuster[part].draw();
  }

  function resize() {
    remuster.timeline.resize();
    remuster.compare.resize();
    remuster.recovery.draw();
  }

  function addPatterns() {
    const stripes = svg(
      'pattern',
      { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('rect', { width: 2, height: 6, class: 'stripe' }),
    );
    document.body.append(
      svg('svg', { width: 0, height: 0, style: 'position:absolute', 'aria-hidden': 'true' }, svg('defs', {}, stripes)),
    );
  }

  function addCopy() {
    const code = document.getElementById('again');
    const button = el('button', { type: 'button', class: 'copy' }, 'copy');
    button.addEventListener('click', () => {
      getSelection().selectAllChildren(code);
      navigator.clipboard?.writeText(code.textContent).then(
        () => (button.textContent = 'copied'),
        () => (button.textContent = 'selected'),
      );
    });
    code.after(button);
  }

  /** While the run goes on the page reads itself again, and comes back to the same place. */
  function stayLive() {
    const key = `remuster-${data.run.id}`;
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null');
      if (kept) {
        time.setEnvironment(kept.environment);
        if (!kept.isAll) time.setRange(kept.fromMs, kept.toMs);
        scrollTo(0, kept.scroll);
      }
    } catch {
      // Nothing was kept.
    }
    const button = el('button', { type: 'button' }, 'pause');
    let timer = setTimeout(again, RELOAD_MS);
    function again() {
      const { environment, fromMs, toMs, minMs, maxMs } = view;
      try {
        sessionStorage.setItem(
          key,
          JSON.stringify({ environment, fromMs, toMs, isAll: fromMs === minMs && toMs === maxMs, scroll: scrollY }),
        );
      } catch {
        // Then it comes back to the top.
      }
      location.reload();
    }
    button.addEventListener('click', () => {
      clearTimeout(timer);
      const wasPaused = button.textContent === 'go on';
      button.textContent = wasPaused ? 'pause' : 'go on';
      if (wasPaused) timer = setTimeout(again, RELOAD_MS);
    });
    document
      .querySelector('.verdict')
      .append(el('p', { class: 'live' }, 'The run goes on: this page reads itself again each minute. ', button));
  }

  /** What must be drawn again when the page changes round it. */
  function followChanges() {
    // Colours live in canvases too: new ones need new charts.
    remuster.repaint = () => {
      remuster.timeline.build();
      remuster.compare.build();
    };
    let width = innerWidth;
    let due = 0;
    addEventListener('resize', () => {
      if (innerWidth === width) return;
      width = innerWidth;
      clearTimeout(due);
      due = setTimeout(resize, 100);
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => remuster.repaint());
    addEventListener('beforeprint', () => {
      document.documentElement.dataset.print = 'yes';
      remuster.findings.unfold();
      remuster.receipts.unfold();
      remuster.repaint();
    });
    addEventListener('afterprint', () => {
      delete document.documentElement.dataset.print;
      remuster.repaint();
    });
  }

  addCopy();
  // A run that was interrupted before its first environment has nothing to draw.
  if (data.environments.length === 0) document.getElementById('toolbar').remove();
  else {
    addPatterns();
    drawAll();
    remuster.search.countLast();
    remuster.panel.follow();
    followChanges();
  }
  if (data.live) stayLive();
  document.documentElement.dataset.ready = 'yes';
}
