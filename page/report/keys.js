// The keyboard: everything that a pointer can do to the time line.
'use strict';
{
  const { time, view, panel, search, timeline, data } = remuster;

  const acts = {
    '/': () => search.search.focus(),
    '?': () => search.help.showModal(),
    n: () => timeline.step(1),
    p: () => timeline.step(-1),
    '+': () => time.zoom(0.5),
    '=': () => time.zoom(0.5),
    '-': () => time.zoom(2),
    0: () => time.all(),
    ArrowLeft: () => time.pan(-0.25),
    ArrowRight: () => time.pan(0.25),
    e: () => time.setEnvironment((view.environment + 1) % data.environments.length),
  };

  document.addEventListener('keydown', (event) => {
    if (data.environments.length === 0 || event.ctrlKey || event.metaKey || event.altKey || search.help.open) return;
    if (event.key === 'Escape') {
      if (panel.isOpen()) panel.close();
      else if (view.filter.text !== '') search.clear();
      return;
    }
    // Arrows move what scrolls and what is chosen from; letters are text where text is typed.
    if (event.target.closest?.('input, select, textarea')) return;
    if (event.key.startsWith('Arrow') && event.target.closest?.('.wide, .panel-body, pre')) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
