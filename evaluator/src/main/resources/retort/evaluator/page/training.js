/** Curves from the topic progress. */
import { Chart } from './chart.js';
import { content, empty, h } from './dom.js';
import { change, shown, store } from './store.js';
import { colour } from './theme.js';
import { percent, short, whole } from './format.js';

const LOSSES = ['total', 'reconstruction', 'distillation', 'classification'];
let parts = null;

export function drawTraining() {
  const place = content('training');
  const runs = shown().filter(run => store.series.get(run.run)?.points.length > 0);
  if (runs.length === 0) {
    if (parts && place.contains(parts.root)) parts.root.hidden = true;
    place.querySelector('.empty')?.remove();
    if (!parts) place.replaceChildren();
    place.append(empty(store.runs.size === 0 ? 'No curves yet.' : 'Nothing to draw.', store.runs.size === 0
      ? 'They begin with the first step of a run.' : 'Choose runs above. A run that has not taken its first step has no curve yet.'));
    return;
  }
  place.querySelector('.empty')?.remove();
  if (!parts) {
    parts = build();
    place.replaceChildren(parts.root);
  }
  parts.root.hidden = false;
  const x = parts.x.value;
  const available = LOSSES.filter(part => runs.some(run => store.series.get(run.run).points.some(point => part in point.losses)));
  options(parts.loss, available);
  const loss = parts.loss.value || 'total';
  parts.losses.log = parts.log.checked;
  parts.losses.draw(lines(runs, x, point => point.losses[loss]?.last, point => point.losses[loss]), labels[x]);
  parts.rate.draw(lines(runs, x, point => point.imagesPerSecond), labels[x]);
  parts.wait.draw(lines(runs, x, point => point.waitingShare), labels[x]);
  parts.learning.draw(lines(runs, x, point => point.learningRate), labels[x]);
}

const labels = { step: 'step', epoch: 'epoch', minutes: 'minutes since the first report' };

function build() {
  const again = () => change('series');
  const loss = h('select', { onchange: again });
  const x = h('select', { onchange: again }, ...Object.entries(labels).map(([value, label]) => h('option', { value }, label)));
  const log = h('input', { type: 'checkbox', onchange: again });
  const losses = new Chart('Loss', { key: 'training' });
  const rate = new Chart('Images a second', { key: 'training', format: whole, zero: true });
  const wait = new Chart('Share of the time spent waiting for images', { key: 'training', format: percent, zero: true });
  const learning = new Chart('Learning rate', { key: 'training', format: short, zero: true });
  losses.element.classList.add('wide');
  const root = h('div', {},
    h('p', { class: 'controls' }, h('label', {}, 'Loss ', loss), h('label', {}, 'Along ', x), h('label', {}, log, ' logarithmic')),
    h('div', { class: 'charts' }, losses.element, rate.element, wait.element, learning.element));
  return { root, loss, x, log, losses, rate, wait, learning };
}

function options(select, values) {
  const present = [...select.options].map(option => option.value);
  if (present.join() === values.join()) return;
  const value = select.value;
  select.replaceChildren(...values.map(each => h('option', { value: each }, each)));
  if (values.includes(value)) select.value = value;
}

function lines(runs, x, value, range = null) {
  return runs.map(run => {
    const series = store.series.get(run.run);
    const points = series.points.filter(point => value(point) !== null && value(point) !== undefined);
    const began = points.length > 0 ? Date.parse(points[0].at) : 0;
    const place = { step: point => point.step, epoch: point => point.epoch, minutes: point => (Date.parse(point.at) - began) / 60000 }[x];
    const banded = range && series.width > 1;
    return {
      name: run.run, colour: () => colour(run.colour), swatch: String(run.colour % 8), xs: points.map(place), ys: points.map(value),
      low: banded ? points.map(point => range(point).min) : null, high: banded ? points.map(point => range(point).max) : null,
    };
  });
}
