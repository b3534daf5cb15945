/**
 * The console of a command: live status lines on a terminal and plain lines elsewhere ({@link retort.compose.console.Terminal}), and the
 * signals by which a person stops it ({@link retort.compose.console.Foreground}). A command opens both on the main thread. Services
 * update their {@link retort.console.StatusLine} from any thread. One thread, {@code retort-status}, writes to the console.
 * {@link retort.compose.console.Csv} and {@link retort.compose.console.Failures} are forms of what commands print.
 */
@org.jspecify.annotations.NullMarked
package retort.compose.console;
