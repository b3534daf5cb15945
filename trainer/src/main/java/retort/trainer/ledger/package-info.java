/**
 * The ledger of a run: a file, or objects of a bucket, beside its checkpoints that say for every step which images of the stream it has used. The trainer
 * appends to it before it saves a checkpoint; {@link retort.trainer.audit} compares it with the stream and with the checkpoints.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.ledger;
