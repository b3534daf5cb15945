/** Curves and a table of evaluations: a chart for each suite, with the raw pixels as its yardstick. */
import { Chart } from './chart.js';
import { content, empty, h, show, table } from './dom.js';
import { shown, store, YARDSTICK } from './store.js';
import { colour, token } from './theme.js';
import { figure, whole } from './format.js';

const charts = new Map();
let parts = null;

export function drawScores() {
  const place = content('scores');
  if (store.evaluations.size === 0) {
    parts = null;
    show(place, empty('No checkpoint has been scored yet.', 'The evaluator scores each checkpoint when its streams are complete.'));
    return;
  }
  if (!parts) {
    parts = { charts: h('div', { class: 'charts' }), table: h('div') };
    delete place.dataset.shown;
    place.replaceChildren(parts.charts, h('h3', {}, 'All results of the runs that are shown'), parts.table);
    charts.forEach(chart => parts.charts.append(chart.element));
  }
  const all = [...store.evaluations.values()];
  const runs = shown();
  const suites = [...new Set([...store.suites.keys(), ...all.map(each => each.suite)])].filter(suite => all.some(each => each.suite === suite));
  for (const suite of suites) draw(suite, all.filter(each => each.suite === suite), runs);
  show(parts.table, results(suites, all, runs));
}

function draw(suite, scored, runs) {
  const fact = store.suites.get(suite) ?? { metric: Object.keys(scored[0].metrics)[0], title: suite, better: 'higher' };
  if (!charts.has(suite)) {
    charts.set(suite, new Chart(`${fact.title} (${fact.better} is better)`, { key: 'scores', format: value => figure(value) }));
    parts.charts.append(charts.get(suite).element);
  }
  const lines = runs.map(run => {
    const own = scored.filter(each => each.run === run.run && Number.isFinite(each.metrics[fact.metric])).sort((a, b) => a.step - b.step);
    return { name: run.run, colour: () => colour(run.colour), swatch: String(run.colour % 8), points: true, xs: own.map(each => each.step), ys: own.map(each => each.metrics[fact.metric]) };
  }).filter(line => line.xs.length > 0);
  const yardstick = scored.find(each => each.run === YARDSTICK)?.metrics[fact.metric];
  if (Number.isFinite(yardstick)) {
    const xs = lines.flatMap(line => line.xs);
    const ends = xs.length > 0 ? [...new Set([Math.min(...xs), Math.max(...xs)])] : [0];
    lines.push({ name: 'raw pixels (yardstick)', colour: () => token('--muted'), swatch: 'yardstick', dash: [6, 5], xs: ends, ys: ends.map(() => yardstick) });
  }
  charts.get(suite).draw(lines);
}

function results(suites, all, runs) {
  const rows = [];
  const cell = (suite, scored) => {
    const found = scored.findLast(each => each.suite === suite);
    if (!found) return '–';
    return found.error ? h('abbr', { title: found.error }, 'error') : figure(found.metrics[store.suites.get(suite)?.metric ?? Object.keys(found.metrics)[0]]);
  };
  for (const run of runs) {
    const own = all.filter(each => each.run === run.run);
    const best = new Set(run.promotions.map(promotion => promotion.step));
    for (const step of [...new Set(own.map(each => each.step))].sort((a, b) => b - a)) {
      const scored = own.filter(each => each.step === step);
      const row = [run.run, whole(step), ...suites.map(suite => cell(suite, scored))];
      row.mark = best.has(step) ? 'best' : '';
      rows.push(row);
    }
  }
  const pixels = all.filter(each => each.run === YARDSTICK);
  if (pixels.length > 0) rows.push([YARDSTICK, '', ...suites.map(suite => cell(suite, pixels))]);
  return table('Results by run and step', ['Run', 'Step', ...suites.map(suite => store.suites.get(suite)?.title ?? suite)], rows,
    [1, ...suites.map((suite, i) => i + 2)]);
}
