/** Reconstructions by checkpoint, with a slider through the steps. */
import { content, empty, h, show } from './dom.js';
import { shown, store } from './store.js';
import { whole } from './format.js';

let parts = null;
let at = null; // the step that a person has chosen; null follows the newest one

export function drawPictures() {
  const place = content('pictures');
  const names = new Set(shown().map(run => run.run));
  const pictures = [...store.pictures.values()].filter(picture => names.has(picture.run));
  if (pictures.length === 0) {
    parts = null;
    show(place, empty('No pictures yet.', 'The evaluator paints the same few validation images of every checkpoint that has a decoder: original, masked, reconstruction and difference.'));
    return;
  }
  const steps = [...new Set(pictures.map(picture => picture.step))].sort((a, b) => a - b);
  if (!parts) {
    parts = build();
    delete place.dataset.shown;
    place.replaceChildren(parts.root);
  }
  parts.steps = steps;
  const index = at === null ? steps.length - 1 : Math.max(0, steps.findLastIndex(step => step <= at));
  parts.range.max = String(steps.length - 1);
  parts.range.value = String(index);
  parts.range.setAttribute('aria-valuetext', `step ${whole(steps[index])}`);
  parts.output.textContent = `step ${whole(steps[index])}`;
  show(parts.figures, ...figures(pictures, steps[index]));
}

function build() {
  const range = h('input', { type: 'range', min: '0', step: '1', id: 'step-of-pictures' });
  const output = h('output', { for: 'step-of-pictures' });
  const built = { range, output, steps: [], figures: h('div', { class: 'pictures' }) };
  range.addEventListener('input', () => {
    const index = Number(range.value);
    at = index === built.steps.length - 1 ? null : built.steps[index];
    drawPictures();
  });
  built.root = h('div', {}, h('p', { class: 'slider' }, h('label', { for: 'step-of-pictures' }, 'Checkpoint'), range, output), built.figures);
  return built;
}

/** The picture of each run at its last checkpoint up to this step. */
function figures(pictures, step) {
  return shown().flatMap(run => {
    const own = pictures.filter(picture => picture.run === run.run && picture.step <= step).sort((a, b) => b.step - a.step);
    if (own.length === 0) return [];
    return own.filter(picture => picture.step === own[0].step).map(picture => {
      const query = new URLSearchParams({ run: picture.run, step: picture.step, suite: picture.suite, at: picture.at });
      const rows = picture.rows.join(', ');
      return h('figure', { class: 'plain', 'data-colour': String(run.colour % 8) },
        h('figcaption', {}, h('strong', {}, picture.run), ` step ${whole(picture.step)}`, h('span', { class: 'muted' }, ` · from top to bottom: ${rows}`)),
        h('img', { src: `api/picture?${query}`, width: String(picture.width), height: String(picture.height),
          alt: `${picture.columns} validation images by ${picture.run} at step ${picture.step}, from top to bottom: ${rows}` }));
    });
  });
}
