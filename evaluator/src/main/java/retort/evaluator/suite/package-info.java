/**
 * The suites, which score a checkpoint each in its own way, and the registry that finds them. The evaluation pipeline runs one suite at
 * a time; images arrive in blocks on the stream reader's thread, and tensors live inside tasks of the engine, one block a task.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.suite;
