/**
 * {@code retort bench evaluate}: the evaluator's hot paths against PyTorch and faiss. Each contestant is a process of its own, which
 * {@link retort.bench.evaluate.EvaluateBench} starts and asks in turns on one thread.
 */
@org.jspecify.annotations.NullMarked
package retort.bench.evaluate;
