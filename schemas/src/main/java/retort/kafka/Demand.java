package retort.kafka;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Operators;

/**
 * The number of items that a subscriber has requested and not received yet. {@link #add} comes from any thread, the rest from the source's loop.
 * <p>
 * A subscriber that asks while the loop goes to sleep must not be missed:
 * <ol>
 * <li>the loop finds no demand;
 * <li>it says that it will sleep ({@link #mayWait} sets a flag) and looks at the demand once more, staying awake if there is some;
 * <li>it sleeps in {@code poll}.
 * </ol>
 * {@code add} first adds, then looks at the flag: whichever order the threads take, either step 2 sees the demand or {@code add} sees the
 * flag and has the loop woken.
 */
final class Demand {
    private final AtomicLong open = new AtomicLong();
    private final AtomicBoolean loopWaits = new AtomicBoolean();

    /**
     * Asks for {@code n} more; {@code Long.MAX_VALUE} in all is without end.
     *
     * @return whether the loop may be asleep for want of it and has to be woken
     */
    boolean add(long n) {
        open.accumulateAndGet(n, Operators::addCap);
        return loopWaits.compareAndSet(true, false);
    }

    boolean isNone() {
        return open.get() == 0;
    }

    /** Says that the loop is about to sleep until there is demand. @return false when there is some, which came in between */
    boolean mayWait() {
        loopWaits.set(true);
        if (isNone())
            return true;
        loopWaits.set(false);
        return false;
    }

    /** The loop is awake, whatever woke it. */
    void awake() {
        loopWaits.set(false);
    }

    /** Counts one item as received. Called before it is emitted. */
    void take() {
        open.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
    }
}
