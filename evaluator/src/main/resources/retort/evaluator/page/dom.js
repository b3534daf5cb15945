/** Elements without markup in strings: a text from a topic is always a text. */

/** An element with attributes, listeners (onclick: function) and children (elements and texts). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && typeof value !== 'string') element[name] = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined));
  return element;
}

/** The content of a section, which is no longer busy. */
export function content(section) {
  const found = document.querySelector(`#${section} > .content`);
  found.removeAttribute('aria-busy');
  return found;
}

/** Replaces the children of an element only if their text or their shape has changed, so that focus and selection stay. */
export function show(element, ...children) {
  const next = h('div', {}, ...children);
  if (element.dataset.shown === next.innerHTML) return;
  element.dataset.shown = next.innerHTML;
  element.replaceChildren(...next.childNodes);
}

/** A table with a caption for screen readers. Cells are texts or elements; columns of figures are aligned right. */
export function table(caption, heads, rows, figures = []) {
  const align = column => (figures.includes(column) ? 'figure' : '');
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${caption}, a table` },
    h('table', {},
      h('caption', { class: 'unseen' }, caption),
      h('thead', {}, h('tr', {}, heads.map((head, i) => h('th', { scope: 'col', class: align(i) }, head)))),
      h('tbody', {}, rows.map(row => h('tr', { class: row.mark ?? '' }, row.map((cell, i) =>
        i === 0 ? h('th', { scope: 'row' }, cell) : h('td', { class: align(i) }, cell)))))));
}

/** The sentence of a part that has nothing to show yet. */
export function empty(title, ...sentence) {
  return h('div', { class: 'empty' }, h('strong', {}, title), h('p', {}, ...sentence));
}
