/** One chart: uPlot with the page's colours, its own legend in HTML, and a summary for those who do not see the canvas. */
import uPlot from './uplot.js';
import { h } from './dom.js';
import { range, table } from './thin.js';
import { onTheme, token } from './theme.js';
import { short } from './format.js';

const HEIGHT = 260;
const charts = new Set();
const observer = new ResizeObserver(entries => entries.forEach(entry => entry.target.chart?.resize()));
onTheme(() => charts.forEach(chart => chart.rebuild()));

export class Chart {
  #plot = null;
  #shape = '';
  #lines = [];
  #x = 'step';
  #canvas = h('div', { class: 'canvas', role: 'img' });
  #legend = h('ul', { class: 'legend' });
  #values = [];
  #seen = null; // [from, to] of a part that a person looks at; it stays while points come in

  /** @param key charts with the same key move their cursors together */
  constructor(title, { key, format = short, log = false, zero = false } = {}) {
    this.title = title;
    this.key = key;
    this.format = format;
    this.log = log;
    this.zero = zero;
    this.element = h('figure', { class: 'chart' }, h('figcaption', {}, h('h3', {}, title)), this.#canvas, this.#legend);
    this.#canvas.chart = this;
    observer.observe(this.#canvas);
    charts.add(this);
  }

  /**
   * Draws lines.
   *
   * @param lines {name, colour: () => text, xs, ys, low, high, dash, points}; low and high are the extremes around ys, or null
   */
  draw(lines, x = 'step') {
    if (x !== this.#x) this.#seen = null;
    this.#lines = lines;
    this.#x = x;
    const shape = JSON.stringify([x, this.log, lines.map(line => [line.name, line.colour(), Boolean(line.low), line.dash])]);
    if (shape !== this.#shape || !this.#plot) this.rebuild(shape);
    else this.#fill();
    this.#describe();
  }

  /** How much is drawn, and from where to where: numbers for tests. */
  get drawn() {
    const [places, ...values] = this.#plot.data;
    const { min, max } = this.#plot.scales.x;
    return { places: places.length, values: values.flat().filter(Number.isFinite).length, lines: values.length, from: min, to: max };
  }

  #data() {
    return table(this.#lines, this.#width(), this.#seen);
  }

  #width() {
    return Math.max(this.#canvas.clientWidth, 120);
  }

  /** Gives the plot its points anew. */
  #fill() {
    if (this.#seen === null) {
      this.#plot.setData(this.#data());
      return;
    }
    const [min, max] = this.#seen;
    this.#plot.batch(() => {
      this.#plot.setData(this.#data(), false);
      this.#plot.setScale('x', { min, max });
    });
  }

  /** Called when other places are seen. A part has columns of its own; a double click shows the whole. */
  #look({ min, max }) {
    const whole = range(this.#lines);
    if (whole === null || min === null || min === undefined) return;
    const column = (whole[1] - whole[0]) / this.#width();
    const seen = min - whole[0] <= column && whole[1] - max <= column ? null : [min, max];
    if (String(seen) === String(this.#seen)) return;
    this.#seen = seen;
    queueMicrotask(() => this.#plot && this.#fill()); // not while the plot is changing
  }

  rebuild(shape = this.#shape) {
    this.#shape = shape;
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#lines.length === 0) return;
    const series = [{}];
    const bands = [];
    for (const line of this.#lines) {
      const stroke = line.colour();
      series.push({ stroke, width: 2, dash: line.dash, spanGaps: true, points: { show: Boolean(line.points), size: 7, fill: token('--surface'), width: 2 } });
      if (!line.low) continue;
      bands.push({ series: [series.length + 1, series.length], fill: `${stroke}26` });
      series.push({ width: 0, spanGaps: true, points: { show: false } }, { width: 0, spanGaps: true, points: { show: false } });
    }
    const axis = { stroke: token('--muted'), grid: { stroke: token('--line'), width: 1 }, ticks: { stroke: token('--line'), width: 1 }, font: '12px system-ui, sans-serif' };
    const zero = this.zero;
    this.#plot = new uPlot({
      width: this.#width(), height: HEIGHT, series, bands, legend: { show: false },
      padding: [10, 24, 0, 0],
      scales: { x: { time: false }, y: { distr: this.log ? 3 : 1, range: zero && !this.log ? (u, low, high) => [0, (high || 1) * 1.08] : undefined } },
      axes: [{ ...axis, values: (u, ticks) => ticks.map(tick => tick.toLocaleString('en')) },
        { ...axis, size: (u, texts) => 16 + 7.2 * Math.max(4, ...(texts ?? []).map(text => text.length)), values: (u, ticks) => ticks.map(tick => (tick === null ? '' : this.format(tick))) }],
      cursor: { sync: { key: this.key }, points: { size: 8 }, drag: { x: true, y: false }, y: false },
      hooks: { setCursor: [plot => this.#point(plot.cursor.idx)], setScale: [(plot, scale) => scale === 'x' && this.#plot === plot && this.#look(plot.scales.x)] },
    }, this.#data(), this.#canvas);
    if (this.#seen) this.#fill();
  }

  resize() {
    if (!this.#plot) return;
    this.#plot.setSize({ width: this.#width(), height: HEIGHT });
    this.#fill();
  }

  /** The legend shows the latest values, and those under the cursor while there is one. */
  #describe() {
    const last = this.#lines.map(line => line.ys.findLast(value => value !== null && value !== undefined));
    this.#legend.replaceChildren(...this.#lines.map(line => h('li', { class: line.dash ? 'dashed' : '' },
      h('i', { 'data-colour': line.swatch ?? 'none' }), h('span', {}, line.name), h('output', {}))));
    this.#values = [...this.#legend.querySelectorAll('output')];
    this.#point(this.#plot?.cursor.idx);
    const words = this.#lines.map((line, i) => `${line.name} ${this.format(last[i])}`).join(', ');
    this.#canvas.setAttribute('aria-label', `${this.title} by ${this.#x}. Latest: ${words || 'nothing yet'}.`);
  }

  #write(values) {
    this.#values.forEach((output, i) => {
      output.textContent = this.format(values[i]);
    });
  }

  #point(at) {
    if (at === null || at === undefined) {
      this.#write(this.#lines.map(line => line.ys.findLast(value => value !== null && value !== undefined)));
      return;
    }
    const x = this.#plot.data[0][at];
    this.#write(this.#lines.map(line => nearest(line, x)));
  }
}

/** The value of a line at the last of its places up to x. */
function nearest(line, x) {
  let low = 0;
  let high = line.xs.length - 1;
  if (high < 0 || line.xs[0] > x) return null;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (line.xs[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return line.ys[low];
}
