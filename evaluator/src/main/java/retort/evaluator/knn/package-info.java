/**
 * Weighted k-nearest neighbours on frozen features, as DINO scores them, while the bank passes by in blocks and is never held.
 * The scoring suites call it, one thread at a time; arrays handed in stay the caller's, nothing here is native.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.knn;
