/** The settings of a run, and their difference to those of another one. */
import { content, empty, h, show, table } from './dom.js';
import { store } from './store.js';
import { get } from './api.js';

const NONE = 'no other run';
const read = new Map();
let parts = null;

export function drawSettings() {
  const place = content('settings');
  const names = [...store.runs.values()].sort((a, b) => a.colour - b.colour).map(run => run.run);
  if (names.length === 0) {
    show(place, empty('No run yet.', 'Every setting that decides a run is shown here, beside those of another run.'));
    return;
  }
  if (!parts) {
    const again = () => compare();
    parts = { one: h('select', { onchange: again }), other: h('select', { onchange: again }), differ: h('input', { type: 'checkbox', checked: true, onchange: again }), table: h('div') };
    delete place.dataset.shown;
    place.replaceChildren(h('p', { class: 'controls' }, h('label', {}, 'Run ', parts.one), h('label', {}, 'beside ', parts.other),
      h('label', {}, parts.differ, ' only what differs')), parts.table);
  }
  const changed = options(parts.one, names) | options(parts.other, [NONE, ...names]);
  if (changed) {
    if (names.length > 1 && parts.other.value === NONE) parts.other.value = names.find(name => name !== parts.one.value);
    compare();
  }
}

function options(select, values) {
  if ([...select.options].map(option => option.value).join('\n') === values.join('\n')) return 0;
  const value = select.value;
  select.replaceChildren(...values.map(each => h('option', { value: each }, each)));
  if (values.includes(value)) select.value = value;
  return 1;
}

async function settings(run) {
  const steps = store.runs.get(run)?.checkpoints.length ?? 0;
  const key = `${run} ${steps > 0}`; // a run without a checkpoint has no settings yet
  if (!read.has(key)) read.set(key, get('settings', { run }));
  try {
    return (await read.get(key)).settings;
  } catch (error) {
    read.delete(key);
    throw error;
  }
}

async function compare() {
  const [a, b] = [parts.one.value, parts.other.value];
  const alone = b === NONE || b === a;
  parts.differ.disabled = alone;
  try {
    const [one, other] = await Promise.all([settings(a), alone ? {} : settings(b)]);
    if (a !== parts.one.value || b !== parts.other.value) return;
    const rows = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort().map(key => {
      const row = alone ? [key, one[key]] : [key, one[key] ?? '–', other[key] ?? '–'];
      row.mark = !alone && one[key] !== other[key] ? 'differs' : '';
      return row;
    }).filter(row => alone || !parts.differ.checked || row.mark);
    show(parts.table, rows.length === 0
      ? empty(Object.keys(one).length === 0 ? 'This run has not saved a checkpoint yet.' : 'These two runs have the same settings.')
      : table('Settings', alone ? ['Setting', a] : ['Setting', a, b], rows));
  } catch (error) {
    show(parts.table, empty('The settings cannot be read.', error.message));
  }
}
