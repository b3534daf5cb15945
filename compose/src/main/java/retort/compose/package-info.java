/**
 * The commands of {@code compose/retort}, {@code local} included. Each command is a thin shell around a service. A command runs on the
 * main thread; a service starts threads of its own.
 */
@org.jspecify.annotations.NullMarked
package retort.compose;
