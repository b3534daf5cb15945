/** The command {@code retort plan}: what runs will cost, before they begin. Main thread; it needs no broker. */
@org.jspecify.annotations.NullMarked
package retort.compose.plan;
