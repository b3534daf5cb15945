/**
 * The ways of scoring a checkpoint. The evaluation pipeline runs them one after another; images come block by block, tensors live
 * in tasks of the engine, one block a task.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.suite;
