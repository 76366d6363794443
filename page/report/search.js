// The tool bar: which environment, search, filters, light or dark, and the list of keys.
'use strict';
{
  const { el, view, time, data, GLYPH } = remuster;
  const host = document.getElementById('toolbar');
  const KEYS = [
    ['/', 'search'],
    ['n, p', 'next mark, mark before'],
    ['+, -, 0', 'zoom in, out, all'],
    ['← →', 'earlier, later'],
    ['e', 'next environment'],
    ['Esc', 'close the evidence, clear the search'],
    ['?', 'this list'],
  ];

  const search = el('input', {
    type: 'search',
    id: 'search',
    placeholder: 'search  /',
    'aria-label': 'search findings, receipts and the story',
    oninput: () => time.setFilter({ text: search.value.trim() }),
  });
  const problems = el('input', {
    type: 'checkbox',
    id: 'problems',
    onchange: () => time.setFilter({ problems: problems.checked }),
  });
  const nodes = el('select', {
    id: 'node',
    'aria-label': 'node',
    onchange: () => time.setFilter({ node: nodes.value }),
  });
  const help = el(
    'dialog',
    { class: 'help', 'aria-label': 'keys' },
    el('h2', {}, 'Keys'),
    el(
      'dl',
      {},
      KEYS.map(([key, words]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, words)]),
    ),
    el('form', { method: 'dialog' }, el('button', {}, 'close')),
  );
  const count = el('span', { class: 'count', role: 'status' });
  const tabs = data.environments.map((environment, index) =>
    el(
      'button',
      { type: 'button', class: `tab ${environment.verdict}`, onclick: () => time.setEnvironment(index) },
      `${GLYPH[environment.verdict]} ${environment.name}`,
    ),
  );

  function mark() {
    tabs.forEach((tab, index) => tab.setAttribute('aria-pressed', String(index === view.environment)));
    const names = time.environment()?.nodes.map(({ name }) => name) ?? [];
    const chosen = names.includes(view.filter.node) ? view.filter.node : '';
    remuster.put(
      nodes,
      el('option', { value: '' }, 'all nodes'),
      ...names.map((name) => el('option', { value: name, selected: name === chosen }, name)),
    );
    if (chosen !== view.filter.node) time.setFilter({ node: chosen });
  }

  function tellCount() {
    const { text, node, problems: only } = view.filter;
    const lines = document.querySelectorAll('#findings li, #receipts tbody tr, #story .lines li').length;
    count.textContent = text === '' && node === '' && !only ? '' : `${lines} found`;
  }

  /** Light, dark, or as the system has it; kept where the browser lets a file keep something. */
  const THEMES = ['auto', 'light', 'dark'];
  function kept() {
    try {
      return localStorage.getItem('remuster-theme') ?? 'auto';
    } catch {
      return 'auto';
    }
  }
  const theme = el('button', {
    type: 'button',
    class: 'theme',
    onclick: () => setTheme(THEMES[(THEMES.indexOf(theme.dataset.theme) + 1) % THEMES.length]),
  });
  function setTheme(name) {
    theme.dataset.theme = name;
    theme.textContent = `theme: ${name}`;
    if (name === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    try {
      localStorage.setItem('remuster-theme', name);
    } catch {
      // Then it is not kept.
    }
    remuster.repaint?.();
  }

  host.append(
    el(
      'nav',
      { class: 'page', 'aria-label': 'environment, search, filter' },
      el('div', { class: 'tabs', role: 'group', 'aria-label': 'environment' }, tabs),
      search,
      nodes,
      el('label', {}, problems, ' only problems'),
      count,
      theme,
      el('button', { type: 'button', class: 'keys', onclick: () => help.showModal() }, 'keys ?'),
    ),
    help,
  );
  setTheme(kept());
  mark();
  time.on('environment', mark);

  remuster.search = {
    search,
    help,
    clear() {
      search.value = '';
      time.setFilter({ text: '' });
    },
    // Last of all listeners: it counts what the others have drawn.
    countLast: () => ['filter', 'environment'].forEach((what) => time.on(what, tellCount)),
  };
}
