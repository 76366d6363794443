// The page's one global, and how elements are made. Text of the run becomes text nodes only: none of it is ever markup.
'use strict';
window.remuster = { data: JSON.parse(document.getElementById('data').textContent) };

{
  const SVG = 'http://www.w3.org/2000/svg';

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? '' : String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
  }

  /** el('a', { href: '#x', onclick: f }, 'text', otherElement): an HTML element. */
  remuster.el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  /** The same for SVG. */
  remuster.svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  /** Puts children, lists of them too, in the place of what a host has. */
  remuster.put = (host, ...children) => {
    host.replaceChildren();
    return fill(host, {}, children);
  };

  /** A sign beside each colour: nothing is told by colour alone. */
  remuster.GLYPH = {
    pass: '✓',
    fail: '✗',
    inconclusive: '?',
    held: '✓',
    broken: '✗',
    'not-observed': '?',
    'not-applicable': '–',
    fault: '▼',
    bad: '!',
    good: '✓',
    plain: '·',
  };

  /** A colour of the style sheet, as it is now. */
  remuster.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
