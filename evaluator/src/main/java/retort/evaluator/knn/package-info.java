/**
 * Exact weighted k-nearest neighbours on frozen features. Features of the queries are held; the bank is read once, in blocks, and is
 * never held. Suites call it. Similarities are native tensors inside tasks of the engine; arrays that are handed in stay the caller's.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.knn;
