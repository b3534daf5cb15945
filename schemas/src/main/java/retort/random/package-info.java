/**
 * Randomness as a function of a counter: the same (seed, purpose, a, b) gives the same draws in any process, on any
 * thread, after any resume. Ingest draws order, crops and flips from it, the trainer masks, drop path and mixup, the
 * evaluator its masks. Everything here is immutable or confined to the caller's thread.
 */
@org.jspecify.annotations.NullMarked
package retort.random;
