/** Points for a screen: where lines have more places than a chart has columns of pixels, a column keeps a line's lowest and highest value. */
import uPlot from './uplot.js';

const OUTSIDE = 4; // what is not seen gets a fourth of the columns, so that the whole range is known

/** The first and the last place of any line; null if there is none. */
export function range(lines) {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    if (line.xs.length === 0) continue;
    low = Math.min(low, line.xs[0]);
    high = Math.max(high, line.xs.at(-1));
  }
  return low <= high ? [low, high] : null;
}

/**
 * The table that uPlot draws: the places, then the values of each line there, with its extremes behind them if it has any. It has at most
 * three places a column, however many points and lines there are.
 *
 * @param lines {xs, ys, low, high}; xs ascend
 * @param columns pixels of the chart from left to right
 * @param seen [from, to], the places that are seen; null for all
 */
export function table(lines, columns, seen = null) {
  const whole = range(lines);
  if (whole === null) return [[]];
  const places = new Set();
  for (const line of lines) for (const x of line.xs) places.add(x);
  if (places.size <= 2 * columns || whole[0] === whole[1])
    return uPlot.join(lines.map(line => (line.low ? [line.xs, line.ys, line.low, line.high] : [line.xs, line.ys])));
  const ends = columnEnds(whole, columns, seen);
  const xs = [];
  ends.forEach((end, i) => xs.push((end + (i === 0 ? whole[0] : ends[i - 1])) / 2, end));
  return [xs, ...lines.flatMap(line => thinned(line, ends))];
}

/** The right ends of the columns. */
function columnEnds([low, high], columns, seen) {
  const [from, to] = seen ? [Math.max(low, seen[0]), Math.min(high, seen[1])] : [low, high];
  if (from >= to) return parts(low, high, columns);
  return [...parts(low, from, Math.ceil(columns / OUTSIDE)), ...parts(from, to, columns), ...parts(to, high, Math.ceil(columns / OUTSIDE))];
}

function parts(from, to, count) {
  return from < to ? Array.from({ length: count }, (each, i) => (i === count - 1 ? to : from + (to - from) * (i + 1) / count)) : [];
}

/** Two values a column, the lowest and the highest of the line, in the order in which the line has them. */
function thinned(line, ends) {
  const values = new Array(2 * ends.length).fill(null);
  const low = line.low && [...values];
  const high = line.high && [...values];
  let at = 0;
  for (let column = 0; column < ends.length; column++) {
    let least = -1;
    let most = -1;
    for (; at < line.xs.length && (line.xs[at] <= ends[column] || column === ends.length - 1); at++) {
      if (least < 0 || line.ys[at] < line.ys[least]) least = at;
      if (most < 0 || line.ys[at] > line.ys[most]) most = at;
      if (!low) continue;
      low[2 * column] = Math.min(low[2 * column] ?? Infinity, line.low[at]);
      high[2 * column] = Math.max(high[2 * column] ?? -Infinity, line.high[at]);
    }
    if (least < 0) continue;
    values[2 * column] = line.ys[Math.min(least, most)];
    if (least !== most) values[2 * column + 1] = line.ys[Math.max(least, most)];
    if (low) [low[2 * column + 1], high[2 * column + 1]] = [low[2 * column], high[2 * column]];
  }
  return low ? [values, low, high] : [values];
}
