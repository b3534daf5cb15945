/**
 * Threads of the services. Every long-lived thread of Retort is a {@link retort.thread.Worker}: it has a name that a thread dump shows,
 * it runs its tasks one after another, and it is closed in one way. {@link retort.thread.Errors} tells the first of errors that come at the same
 * time.
 */
@org.jspecify.annotations.NullMarked
package retort.thread;
