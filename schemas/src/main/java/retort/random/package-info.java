/**
 * Randomness as a function of a counter. The same (seed, purpose, a, b) gives the same draws in any process, on any thread, and after any
 * resume. Ingest draws its order, crops and flips from it. The trainer draws masks, drop path and mixup. The evaluator draws its masks.
 * Every class is immutable or confined to the caller's thread.
 */
@org.jspecify.annotations.NullMarked
package retort.random;
