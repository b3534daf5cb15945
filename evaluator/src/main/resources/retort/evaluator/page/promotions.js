/** The best checkpoint of each run by each metric. */
import { content, empty, show, table } from './dom.js';
import { shown } from './store.js';
import { age, figure, whole } from './format.js';

export function drawPromotions() {
  const best = shown().flatMap(run => run.promotions);
  show(content('promotions'), best.length === 0
    ? empty('No checkpoint has been promoted yet.', 'A checkpoint is promoted when it is the best of its run by a headline figure.')
    : table('Best checkpoints', ['Run', 'By', 'Step', 'Figure', 'Since'], best.sort((a, b) => (a.run + a.metric < b.run + b.metric ? -1 : 1))
      .map(each => [each.run, each.metric, whole(each.step), figure(each.value), `${age(Date.now() - Date.parse(each.at))} ago`]), [2, 3, 4]));
}
