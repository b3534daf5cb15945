/** Everything the page knows. Sections read it when they are drawn; the server's answers and events write it. */

const MOST_POINTS = 1500; // then the server is asked again, which has thinned them
const MOST_RUNS = 100; // as the server
const MOST_CHECKPOINTS = 1000; // of a run, as the server
const MOST_EVALUATIONS = 20000; // the newest
const MOST_PICTURES = 5000; // as the server
const SELECTED_AT_FIRST = 6;
export const YARDSTICK = 'raw-pixels';

export const store = {
  /** name -> {run, progress, model, checkpoints: [{step, at}], promotions: [], colour: n} */
  runs: new Map(),
  /** name -> {width, points: [Point]}; only of runs that were selected */
  series: new Map(),
  /** run/step/suite/hash -> Evaluation */
  evaluations: new Map(),
  /** run/step/suite -> Picture */
  pictures: new Map(),
  status: null,
  /** suite -> {metric, title, better} */
  suites: new Map(),
  selected: new Set(),
  loaded: false,
  changed: new Set(),
};

const listeners = [];
let scheduled = false;
let colours = 0;
let chosen = false; // a person has chosen the runs

/** @param listener called with the set of changed parts: runs, series, evaluations, pictures, status */
export function onChange(listener) {
  listeners.push(listener);
}

/** Notes a change. Sections are drawn at most five times a second, whatever comes in. */
export function change(...parts) {
  for (const part of parts) store.changed.add(part);
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => requestAnimationFrame(() => {
    scheduled = false;
    const changed = store.changed;
    store.changed = new Set();
    for (const listener of listeners) listener(changed);
  }), 200);
}

export function select(name, on) {
  chosen = true;
  if (on) store.selected.add(name);
  else store.selected.delete(name);
  change('runs', 'series', 'evaluations', 'pictures');
}

/** The runs that are shown, by name. */
export function shown() {
  return [...store.runs.values()].filter(run => store.selected.has(run.run)).sort((a, b) => a.colour - b.colour);
}

function known(name) {
  if (!store.runs.has(name)) {
    if (store.runs.size >= MOST_RUNS) forget([...store.runs.values()].reduce((a, b) => ((a.progress?.at ?? '') <= (b.progress?.at ?? '') ? a : b)).run);
    store.runs.set(name, { run: name, progress: null, model: null, checkpoints: [], promotions: [], colour: colours++ });
    if (!chosen && store.selected.size < SELECTED_AT_FIRST) store.selected.add(name);
  }
  return store.runs.get(name);
}

/** The run that was silent for the longest time makes room. */
function forget(name) {
  store.runs.delete(name);
  store.series.delete(name);
  store.selected.delete(name);
}

/** Takes the answer of /api/runs. */
export function takeRuns(runs) {
  const names = new Set(runs.map(run => run.run));
  for (const name of [...store.runs.keys()]) if (!names.has(name)) forget(name);
  const by = time => (a, b) => (time(a) < time(b) ? -1 : 1);
  for (const run of [...runs].sort(by(each => each.checkpoints[0]?.at ?? each.progress?.at ?? ''))) Object.assign(known(run.run), run);
  if (!chosen) store.selected = new Set(runs.toSorted(by(each => each.progress?.at ?? '')).slice(-SELECTED_AT_FIRST).map(run => run.run));
  change('runs', 'status');
}

export function takeSeries(name, width, points) {
  store.series.set(name, { width, points });
  change('series');
}

export function takeEvaluations(list) {
  store.evaluations = new Map(list.map(each => [key(each), scored(each)]));
  bound(store.evaluations, MOST_EVALUATIONS);
  change('evaluations');
}

/** The part of an evaluation that is drawn: its classes and confusions may be many. */
function scored({ run, step, suite, metrics, error }) {
  return { run, step, suite, metrics, error };
}

/** The oldest entries make room. */
function bound(map, most) {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

/** The newest entry of a map is its last one. */
function put(map, name, value, most) {
  map.delete(name);
  map.set(name, value);
  bound(map, most);
}

export function takePictures(list) {
  store.pictures = new Map(list.map(each => [pictureKey(each), each]));
  bound(store.pictures, MOST_PICTURES);
  change('pictures');
}

function pictureKey(picture) {
  return `${picture.run}/${picture.step}/${picture.suite}`;
}

function key(evaluation) {
  return `${evaluation.run}/${evaluation.step}/${evaluation.suite}/${evaluation.settingsHash}`;
}

/** Takes one event. @return false if the curves of its run have to be read again */
export function takeEvent(type, data) {
  switch (type) {
    case 'progress': return progress(data);
    case 'checkpoint': {
      const run = known(data.run);
      run.checkpoints = run.checkpoints.filter(saved => saved.step !== data.step);
      if (!data.deleted) {
        run.checkpoints.push({ step: data.step, at: data.at });
        run.checkpoints.sort((a, b) => a.step - b.step);
        run.checkpoints.splice(0, run.checkpoints.length - MOST_CHECKPOINTS);
        run.model = data.model;
      }
      change('runs');
      return true;
    }
    case 'evaluation':
      put(store.evaluations, key(data), scored(data), MOST_EVALUATIONS);
      change('evaluations');
      return true;
    case 'picture':
      put(store.pictures, pictureKey(data), data, MOST_PICTURES);
      change('pictures');
      return true;
    case 'promotion': {
      const run = known(data.run);
      run.promotions = [...run.promotions.filter(best => best.metric !== data.metric), data];
      change('runs', 'evaluations');
      return true;
    }
    case 'status':
      store.status = data;
      change('status');
      return true;
    default: return true;
  }
}

function progress(data) {
  known(data.run).progress = data;
  change('runs');
  const series = store.series.get(data.run);
  if (!series || data.step < 1 || data.state === 'STARTING' || Object.keys(data.losses).length === 0) return true;
  const losses = {};
  for (const [part, value] of Object.entries(data.losses)) losses[part] = { min: value, max: value, last: value };
  while (series.points.length > 0 && series.points.at(-1).step >= data.step) series.points.pop();
  series.points.push({ ...data, losses });
  change('series');
  return series.points.length <= MOST_POINTS;
}

/** The state of a run in words, with the time of its last sign of life in mind. */
export function stateOf(run) {
  const progress = run.progress;
  if (!progress) return { name: 'unknown', words: 'no sign of life yet' };
  const silent = Date.now() - Date.parse(progress.at);
  const alive = ['STARTING', 'TRAINING', 'WAITING'].includes(progress.state);
  if (alive && silent > progress.leaseMillis) return { name: 'silent', words: 'silent', silent };
  return { name: progress.state.toLowerCase(), words: progress.state.toLowerCase(), alive };
}
