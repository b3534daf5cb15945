/** Reconstructions by checkpoint, with a slider through the steps. */
import { content, empty, show } from './dom.js';

export function drawPictures() {
  show(content('pictures'), empty('No pictures yet.', 'They appear here when the evaluator paints what a checkpoint reconstructs.'));
}
