/**
 * A real Kafka broker in the JVM. {@code local} uses it at run time, and the tests of every module use it in test scope. It is on no
 * service's run-time class path. This package depends on Kafka alone. For tests there are a broker in a process of its own, which can be
 * paused and killed, and a link to it, which can be cut, delayed and silenced.
 */
@org.jspecify.annotations.NullMarked
package retort.broker;
