/**
 * A real broker in a JVM: {@code local} uses it at run time, the tests of every module in test scope, and no service's
 * run-time class path holds it. Depends on Kafka alone.
 */
@org.jspecify.annotations.NullMarked
package retort.broker;
