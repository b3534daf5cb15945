/** A package outside the trainer's own. It shows what a user of the trainer can write without changing the trainer. */
@org.jspecify.annotations.NullMarked
package elsewhere;
