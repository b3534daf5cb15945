/**
 * How the stack is put together: the commands of {@code compose/retort}, each a thin shell around a service, and
 * {@code local}. Runs on the main thread; services bring their own.
 */
@org.jspecify.annotations.NullMarked
package retort.compose;
