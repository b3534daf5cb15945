/** A stranger's package: what a user of the trainer may write without touching it. */
@org.jspecify.annotations.NullMarked
package elsewhere;
