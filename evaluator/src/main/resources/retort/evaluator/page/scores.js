/** Curves and a table of evaluations: a chart for each suite, with the raw pixels as its yardstick. */
import { Chart } from './chart.js';
import { content, empty, h, show, table } from './dom.js';
import { shown, store, YARDSTICK } from './store.js';
import { colour, token } from './theme.js';
import { figure, plural, whole } from './format.js';
import { range } from './thin.js';

const MOST_ROWS = 200;
const LEAST_ROWS = 5;
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
    place.replaceChildren(parts.charts, h('h3', {}, 'Results of the runs that are shown'), parts.table);
    charts.forEach(chart => parts.charts.append(chart.element));
  }
  const all = [...store.evaluations.values()];
  const runs = shown();
  const there = new Set(all.map(each => each.suite));
  const suites = [...new Set([...store.suites.keys(), ...there])].filter(suite => there.has(suite));
  for (const suite of suites) draw(suite, all.filter(each => each.suite === suite), runs);
  show(parts.table, ...results(suites, all, runs));
}

function draw(suite, scored, runs) {
  const fact = store.suites.get(suite) ?? { metric: Object.keys(scored[0].metrics)[0], title: suite, better: 'higher' };
  if (!charts.has(suite)) {
    charts.set(suite, new Chart(`${fact.title} (${fact.better} is better)`, { key: 'scores', format: value => figure(value) }));
    parts.charts.append(charts.get(suite).element);
  }
  const byRun = Map.groupBy(scored.filter(each => Number.isFinite(each.metrics[fact.metric])), each => each.run);
  const lines = runs.map(run => {
    const latest = new Map((byRun.get(run.run) ?? []).map(each => [each.step, each])); // under the latest settings
    const own = [...latest.values()].sort((a, b) => a.step - b.step);
    return { name: run.run, colour: () => colour(run.colour), swatch: String(run.colour % 8), points: true, xs: own.map(each => each.step), ys: own.map(each => each.metrics[fact.metric]) };
  }).filter(line => line.xs.length > 0);
  const yardstick = scored.findLast(each => each.run === YARDSTICK)?.metrics[fact.metric];
  if (Number.isFinite(yardstick)) {
    const ends = [...new Set(range(lines) ?? [0])];
    lines.push({ name: 'raw pixels (yardstick)', colour: () => token('--muted'), swatch: 'yardstick', dash: [6, 5], xs: ends, ys: ends.map(() => yardstick) });
  }
  charts.get(suite).draw(lines);
}

/** The latest steps of each run, with the best ones, in a number of rows that a browser lays out at once. */
function results(suites, all, runs) {
  const cell = (suite, scored) => {
    const found = scored.findLast(each => each.suite === suite);
    if (!found) return '–';
    return found.error ? h('abbr', { title: found.error }, 'error') : figure(found.metrics[store.suites.get(suite)?.metric ?? Object.keys(found.metrics)[0]]);
  };
  const byRun = Map.groupBy(all, each => each.run);
  const most = Math.max(LEAST_ROWS, Math.floor(MOST_ROWS / Math.max(1, runs.length)));
  const rows = [];
  let steps = 0;
  for (const run of runs) {
    const byStep = Map.groupBy(byRun.get(run.run) ?? [], each => each.step);
    const best = new Set(run.promotions.map(promotion => promotion.step));
    const latest = [...byStep.keys()].sort((a, b) => b - a);
    steps += latest.length;
    for (const step of latest.filter((each, i) => i < most || best.has(each))) {
      const row = [run.run, whole(step), ...suites.map(suite => cell(suite, byStep.get(step)))];
      row.mark = best.has(step) ? 'best' : '';
      rows.push(row);
    }
  }
  const left = steps - rows.length;
  const pixels = byRun.get(YARDSTICK) ?? [];
  if (pixels.length > 0) rows.push([YARDSTICK, '', ...suites.map(suite => cell(suite, pixels))]);
  return [left > 0 ? h('p', { class: 'muted' }, `The latest ${whole(most)} steps of each run and its best ones; ${plural(left, 'older step')} ${left === 1 ? 'is' : 'are'} in the curves alone.`) : null,
    table('Results by run and step', ['Run', 'Step', ...suites.map(suite => store.suites.get(suite)?.title ?? suite)], rows,
      [1, ...suites.map((suite, i) => i + 2)])];
}
