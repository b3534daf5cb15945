/** Where ingest, the trainer and the evaluator stand, and what was rejected. */
import { content, empty, h, show, table } from './dom.js';
import { stateOf, store } from './store.js';
import { age, percent, plural, short, whole } from './format.js';

export function drawStands() {
  const status = store.status;
  if (!status) return;
  const since = at => (at ? `${age(Date.now() - Date.parse(at))} ago` : '–');
  const alive = [...store.runs.values()].filter(run => stateOf(run).alive);
  show(content('stands'),
    ...status.unreadable.map(topic => h('p', { class: 'notice' }, `Topic ${topic.topic} cannot be read: ${topic.why}`)),
    h('div', { class: 'panels' },
      h('article', {}, h('h3', {}, 'Ingest'), status.streams.length === 0
        ? empty('No stream is published yet.', 'Ingest publishes train, val and probe.')
        : table('Streams', ['Stream', 'Record', 'Ahead', 'Moved'], status.streams.map(stream => [
          stream.stream, stream.complete ? `${whole(stream.nextSequence)}, complete` : whole(stream.nextSequence), ahead(stream, alive),
          stream.complete ? '–' : since(stream.at)]), [1])),
      h('article', {}, h('h3', {}, 'Trainer'), store.runs.size === 0 ? empty('No run has reported yet.') : table('Runs',
        ['Run', 'State', 'Step', 'Images/s', 'Waits', 'Heard'], [...store.runs.values()].filter(run => run.progress).map(run => [
          run.run, stateOf(run).words, whole(run.progress.step), whole(run.progress.imagesPerSecond), percent(run.progress.waitingShare),
          since(run.progress.at)]), [2, 3, 4, 5])),
      h('article', {}, h('h3', {}, 'Evaluator'),
        h('p', { class: 'large' }, status.evaluator.waiting === 0 ? 'Nothing waits.' : `${plural(status.evaluator.waiting, 'checkpoint')} ${status.evaluator.waiting === 1 ? 'waits' : 'wait'}.`),
        h('p', { class: 'muted' }, `${plural(status.evaluator.checkpoints, 'checkpoint')} announced.`,
          status.evaluator.next.length > 0 ? ` Next: ${status.evaluator.next.slice(0, 3).map(each => `${each.run} step ${whole(each.step)}`).join(', ')}.` : '')),
      h('article', {}, h('h3', {}, 'Rejected'), status.rejected.total === 0
        ? h('p', { class: 'large' }, 'Nothing was rejected.')
        : table('Rejected by reason', ['Reason', 'Count', 'Source', 'Latest'], [...status.rejected.reasons].sort((a, b) => b.count - a.count)
          .map(each => [each.reason, whole(each.count), each.source, `${each.what}, ${since(each.at)}`]), [1]))));
}

/** How far ingest is ahead of the live run that is furthest behind. */
function ahead(stream, alive) {
  const readers = alive.filter(run => run.progress.stream === stream.stream);
  if (stream.complete || readers.length === 0) return '–';
  const behind = readers.reduce((a, b) => (a.progress.nextSequence <= b.progress.nextSequence ? a : b));
  const images = (stream.nextSequence - behind.progress.nextSequence) * stream.imagesPerRecord;
  return `${short(Math.max(0, images))} images before ${behind.run}`;
}
