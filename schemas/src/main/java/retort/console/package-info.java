/**
 * {@link retort.console.StatusLine} is the only part of the console that a service knows. The command that starts the service decides how
 * the line is shown. {@code retort.compose.console} has the display for terminals and for plain output.
 */
@org.jspecify.annotations.NullMarked
package retort.console;
