/**
 * What a model sees and guesses, for people. Drawn on the caller's thread from pixels that the engine gave.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.picture;
