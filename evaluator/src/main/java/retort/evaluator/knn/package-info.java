/**
 * Exact weighted k-nearest neighbours on frozen features. The features of the queries are held in memory. The bank is read once, in
 * blocks, and is not held. Suites call this package. Similarities are native tensors inside tasks of the engine. Arrays that a caller
 * passes in belong to the caller.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.knn;
