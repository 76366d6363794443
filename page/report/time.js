// What is looked at: the environment, the piece of time, the moment under the cursor, the filter. Whoever draws listens.
'use strict';
{
  const { environments } = remuster.data;
  // One axis for all environments, so that they compare.
  const minMs = Math.min(0, ...environments.map((each) => each.fromMs));
  const maxMs = Math.max(1000, ...environments.map((each) => each.toMs));
  const LEAST_SPAN_MS = 500;
  const listeners = { range: [], cursor: [], environment: [], filter: [] };

  function firstToLookAt() {
    const unexpected = environments.findIndex((each) => !each.asExpected);
    const notable = environments.findIndex((each) => !each.isPlainPass);
    return Math.max(0, unexpected === -1 ? notable : unexpected);
  }

  const view = {
    minMs,
    maxMs,
    fromMs: minMs,
    toMs: maxMs,
    cursorMs: null,
    environment: firstToLookAt(),
    filter: { text: '', node: '', problems: false },
  };

  const tell = (what) => listeners[what].forEach((listener) => listener(view));

  function setRange(fromMs, toMs) {
    const span = Math.min(maxMs - minMs, Math.max(LEAST_SPAN_MS, toMs - fromMs));
    view.fromMs = Math.min(Math.max(minMs, fromMs), maxMs - span);
    view.toMs = view.fromMs + span;
    tell('range');
  }

  remuster.view = view;
  remuster.time = {
    /** 'range', 'cursor', 'environment' or 'filter'. */
    on: (what, listener) => listeners[what].push(listener),
    setRange,
    /** Closer (factor below 1) or farther, around the cursor or the middle. */
    zoom(factor) {
      const { fromMs, toMs, cursorMs } = view;
      const isSeen = cursorMs !== null && cursorMs >= fromMs && cursorMs <= toMs;
      const middle = isSeen ? cursorMs : (fromMs + toMs) / 2;
      setRange(middle - (middle - fromMs) * factor, middle + (toMs - middle) * factor);
    },
    pan(share) {
      const step = (view.toMs - view.fromMs) * share;
      setRange(view.fromMs + step, view.toMs + step);
    },
    all: () => setRange(minMs, maxMs),
    around: (atMs, marginMs = 10_000) => setRange(atMs - marginMs, atMs + marginMs),
    setCursor(atMs) {
      view.cursorMs = atMs;
      tell('cursor');
    },
    setEnvironment(index) {
      if (index === view.environment || environments[index] === undefined) return;
      view.environment = index;
      tell('environment');
    },
    setFilter(change) {
      view.filter = { ...view.filter, ...change };
      tell('filter');
    },
    environment: () => environments[view.environment],
  };

  remuster.format = {
    /** A moment: seconds with one decimal, like the terminal; hours of a soak also as such. */
    at(ms) {
      const seconds = (ms / 1000).toFixed(1);
      if (maxMs < 600_000) return `${seconds} s`;
      const whole = Math.floor(Math.abs(ms) / 1000);
      const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      return `${ms < 0 ? '-' : ''}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
    },
    /** A length of time. */
    ms(ms) {
      if (ms < 1000) return `${Math.round(ms)} ms`;
      if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
      return `${Math.floor(ms / 60_000)} min ${Math.round(ms / 1000) % 60} s`;
    },
    count: (count) => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' '),
  };

  /** Is a line of words, of a node, to be seen with the present filter? */
  remuster.isWanted = (node, words, isProblem) => {
    const { filter } = view;
    if (filter.node !== '' && node !== null && node !== filter.node) return false;
    if (filter.problems && !isProblem) return false;
    return filter.text === '' || `${node ?? ''} ${words}`.toLowerCase().includes(filter.text.toLowerCase());
  };
}
