/** An objective as a user outside Retort writes it: one file, and one line under META-INF/services. */
@org.jspecify.annotations.NullMarked
package example.objective;
