/**
 * The suites and the registry that finds them. Each suite scores a checkpoint in its own way. The evaluation pipeline runs one suite at a
 * time. Images arrive in blocks on the stream reader's thread. Tensors live inside tasks of the engine, one task for each block.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.suite;
