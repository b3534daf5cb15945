/**
 * What a person sees while a service runs: one live line a service on a terminal, plain lines at a steady pace elsewhere.
 * Services write to a {@link retort.console.StatusLine} from any thread and never wait for the terminal.
 */
@org.jspecify.annotations.NullMarked
package retort.console;
