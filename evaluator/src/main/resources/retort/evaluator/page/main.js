/** Starts the page: reads everything once, then follows the events, and reads everything again when the server says so. */
import { all, get, Live } from './api.js';
import { change, onChange, store, takeEvaluations, takeEvent, takePictures, takeRuns, takeSeries } from './store.js';
import { startTheme } from './theme.js';
import { plural, figure, age } from './format.js';
import { drawRuns } from './runs.js';
import { drawTraining } from './training.js';
import { drawScores } from './scores.js';
import { drawPromotions } from './promotions.js';
import { drawPictures } from './pictures.js';
import { drawStands } from './stands.js';
import { drawSettings } from './settings.js';

const AGES = 5000;
const asked = new Map(); // runs whose curves are on their way
let live = null;
let heardAt = Date.now();

async function readAll() {
  const [runs, evaluations, pictures, status, suites] = await Promise.all([
    all('runs', 'runs', 'after'), all('evaluations', 'evaluations', 'after'), all('pictures', 'pictures', 'after'), get('status'), get('suites')]);
  store.suites = new Map(suites.suites.map(suite => [suite.suite, suite]));
  store.status = status;
  takeRuns(runs.runs);
  takeEvaluations(evaluations.evaluations);
  takePictures(pictures.pictures);
  store.series.clear();
  asked.clear();
  store.loaded = true;
  change('runs', 'series', 'evaluations', 'pictures', 'status');
  return runs.at; // the oldest of them: what came behind it comes again as an event, and changes nothing
}

/** Curves are read for the runs that are shown. */
async function readSeries(name) {
  if (asked.has(name)) return;
  asked.set(name, true);
  try {
    const series = await all('progress', 'points', 'since', { run: name });
    if (store.selected.has(name)) takeSeries(name, series.width, series.points);
  } catch (error) {
    console.debug(error); // the run was forgotten meanwhile, or the next event tells that the connection is lost
  }
}

function onEvent(type, data) {
  heardAt = Date.now();
  if (type === 'reset') {
    readAll().then(at => live.from(at), () => setTimeout(() => live.from(''), 2000)); // which is answered with reset
    return;
  }
  if (!takeEvent(type, data)) asked.delete(data.run);
  if (type === 'evaluation') say(data);
  for (const name of store.selected) if (!asked.has(name)) readSeries(name);
}

/** Tells people who do not see the page of a new evaluation. */
function say(evaluation) {
  const suite = store.suites.get(evaluation.suite);
  const value = suite && evaluation.metrics[suite.metric];
  document.getElementById('said').textContent = `${evaluation.run} step ${evaluation.step}: ${evaluation.error
    ? `${evaluation.suite} could not score it` : `${suite?.title ?? evaluation.suite} ${figure(value)}`}`;
}

function onState(state, pause) {
  const pill = document.getElementById('connection');
  pill.dataset.state = state;
  pill.textContent = state === 'live' ? 'live' : `connection lost, trying again in ${Math.max(1, Math.round(pause / 1000))} s`;
  document.body.classList.toggle('lost', state === 'lost');
  if (state === 'live') heardAt = Date.now();
}

onChange(changed => {
  if (!store.loaded) return;
  for (const name of asked.keys()) {
    if (store.selected.has(name)) continue;
    asked.delete(name); // the curves of a run that is not shown are not kept
    store.series.delete(name);
  }
  for (const name of store.selected) if (store.runs.has(name)) readSeries(name);
  if (changed.has('runs')) drawRuns();
  if (changed.has('series') || changed.has('runs')) drawTraining();
  if (changed.has('evaluations')) drawScores();
  if (changed.has('runs') || changed.has('evaluations')) drawPromotions();
  if (changed.has('pictures')) drawPictures();
  if (changed.has('status') || changed.has('runs')) drawStands();
  if (changed.has('runs')) drawSettings();
});

async function start() {
  startTheme();
  const notice = document.getElementById('notice');
  for (let pause = 500; live === null; pause = Math.min(2 * pause, 10000)) {
    try {
      live = new Live(await readAll(), onEvent, onState);
      notice.hidden = true;
    } catch (error) {
      notice.hidden = false;
      notice.textContent = `The server does not answer (${error.message}). Trying again in ${plural(Math.round(pause / 1000) || 1, 'second')}.`;
      await new Promise(done => setTimeout(done, pause));
    }
  }
  setInterval(() => { // ages grow without events
    change('runs', 'status');
    if (document.body.classList.contains('lost'))
      document.getElementById('connection').title = `last heard ${age(Date.now() - heardAt)} ago`;
  }, AGES);
}

start();
