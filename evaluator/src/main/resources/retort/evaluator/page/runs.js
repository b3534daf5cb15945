/** The runs: which are shown, in which colour, and how each of them is doing. */
import { content, empty, h, show } from './dom.js';
import { select, stateOf, store } from './store.js';
import { age, short, whole } from './format.js';

export function drawRuns() {
  const place = content('runs');
  if (store.runs.size === 0) {
    show(place, empty('No run has reported yet.', 'This page fills by itself when a trainer starts: ',
      h('code', {}, 'compose/retort local'), ' trains three small runs on the bundled data.'));
    return;
  }
  if (!place.querySelector('.cards')) place.replaceChildren(h('ul', { class: 'cards' }));
  const list = place.querySelector('.cards');
  const order = [...store.runs.values()].sort((a, b) => a.colour - b.colour);
  for (const card of [...list.children]) if (!store.runs.has(card.dataset.run)) card.remove();
  for (const run of order) {
    let card = [...list.children].find(each => each.dataset.run === run.run);
    if (!card) {
      card = h('li', { class: 'card', 'data-run': run.run, 'data-colour': String(run.colour % 8) },
        h('label', {}, h('input', { type: 'checkbox', onchange: event => select(run.run, event.target.checked) }),
          h('i', { 'aria-hidden': 'true' }), h('strong', {}, run.run)), h('div', { class: 'facts' }));
      list.append(card);
    }
    card.querySelector('input').checked = store.selected.has(run.run);
    show(card.querySelector('.facts'), ...facts(run));
  }
}

function facts(run) {
  const state = stateOf(run);
  const progress = run.progress;
  const badge = h('span', { class: 'badge', 'data-state': state.name },
    state.name === 'silent' ? `silent for ${age(state.silent)}` : state.words);
  const objective = h('span', { class: 'muted' }, run.model?.objective ?? '');
  if (!progress) return [h('p', { class: 'line' }, badge, objective)];
  const done = progress.steps > 0 ? Math.min(1, progress.step / progress.steps) : 0;
  const left = state.name === 'training' && progress.imagesPerSecond > 0
    ? ` · ${age((progress.steps - progress.step) * progress.batch / progress.imagesPerSecond * 1000)} left` : '';
  return [
    h('p', { class: 'line' }, badge, objective),
    h('progress', { value: String(done), max: '1', 'aria-label': `Steps of ${run.run}` }),
    h('p', { class: 'line muted' }, `${whole(progress.step)} of ${whole(progress.steps)} steps${left}`),
    h('p', { class: 'line muted' }, `loss ${short(progress.losses.total)} · ${whole(progress.imagesPerSecond)} images/s · epoch ${short(progress.epoch)}`),
  ];
}
