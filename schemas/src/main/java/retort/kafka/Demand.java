package retort.kafka;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Operators;

/**
 * The number of items that a subscriber has requested and not received yet. Any thread calls {@link #add}; only the source's loop calls the
 * other methods.
 * <p>
 * A request must not be lost while the loop goes to sleep:
 * <ol>
 * <li>the loop finds no demand;
 * <li>it announces its sleep ({@link #mayWait} sets a flag) and reads the demand once more; if there is demand, it stays awake;
 * <li>it sleeps in {@code poll}.
 * </ol>
 * {@code add} first adds, then reads the flag. In every order of the two threads, either step 2 sees the demand, or {@code add} sees the
 * flag and its caller wakes the loop.
 */
final class Demand {
    private final AtomicLong open = new AtomicLong();
    private final AtomicBoolean loopWaits = new AtomicBoolean();

    /**
     * Adds {@code n} to the demand. A sum of {@code Long.MAX_VALUE} means unlimited demand.
     *
     * @return true if the loop may be asleep for lack of demand, so that the caller has to wake it
     */
    boolean add(long n) {
        open.accumulateAndGet(n, Operators::addCap);
        return loopWaits.compareAndSet(true, false);
    }

    boolean isNone() {
        return open.get() == 0;
    }

    /** Announces that the loop will sleep until there is demand. @return false if there is demand already, so that it must not sleep */
    boolean mayWait() {
        loopWaits.set(true);
        if (isNone())
            return true;
        loopWaits.set(false);
        return false;
    }

    /** Records that the loop is awake, for any reason. */
    void awake() {
        loopWaits.set(false);
    }

    /** Counts one item as received. The loop calls it before it emits the item. */
    void take() {
        open.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
    }
}
