/**
 * The proof that a run has trained each sample of each epoch exactly once and in stream order, from its ledger, its stream and its
 * checkpoints.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.audit;
