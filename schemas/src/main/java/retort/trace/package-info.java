/** The way of each record through the services, for a person who looks for one. Stateless, so any thread may call it. */
@org.jspecify.annotations.NullMarked
package retort.trace;
