package retort.ingest.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.BaseSubscriber;

@Timeout(60)
class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(10);

    @Test
    void requestsAreServedInTheOrderInWhichTheyCame() throws Exception {
        final ByteBudget.Permit all = budget.take(10);
        final var first = budget.whenFree(6).toFuture();
        final var second = budget.whenFree(3).toFuture();
        final var third = budget.whenFree(6).toFuture();
        assertThat(List.of(first, second, third)).noneMatch(CompletableFuture::isDone);
        all.close();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(third).isNotDone();
        assertThat(budget.free()).isEqualTo(1);
        second.join().close();
        assertThat(third).isNotDone();
        first.join().close();
        assertThat(third).isCompleted();
    }

    @Test
    void aSmallRequestDoesNotOvertakeALargeOne() throws Exception {
        final ByteBudget.Permit half = budget.take(5);
        final var large = budget.whenFree(10).toFuture();
        final var small = budget.whenFree(1).toFuture();
        assertThat(small).isNotDone();
        half.close();
        assertThat(large).isCompleted();
        assertThat(small).isNotDone();
        large.join().close();
        assertThat(small).isCompleted();
    }

    @Test
    void aWithdrawnRequestLetsThoseBehindItThrough() throws Exception {
        final ByteBudget.Permit half = budget.take(5);
        final var large = new CompletableFuture<ByteBudget.Permit>();
        final var waiting = budget.whenFree(10).subscribe(large::complete);
        final var small = budget.whenFree(5).toFuture();
        assertThat(small).isNotDone();
        waiting.dispose();
        assertThat(small).isCompleted();
        assertThat(large).isNotDone();
        half.close();
        small.join().close();
        assertThat(budget.free()).isEqualTo(10);
    }

    @Test
    void anInterruptedThreadHoldsNothing() throws Exception {
        final ByteBudget.Permit all = budget.take(10);
        final CountDownLatch started = new CountDownLatch(1);
        final CompletableFuture<Throwable> ended = new CompletableFuture<>();
        final Thread waiting = Thread.ofPlatform().start(() -> {
            started.countDown();
            try {
                budget.take(3).close();
                ended.complete(new AssertionError("it was granted"));
            } catch (Throwable e) {
                ended.complete(e);
            }
        });
        started.await();
        waiting.interrupt();
        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        all.close();
        assertThat(budget.free()).isEqualTo(10);
    }

    @Test
    void moreThanTheWholeIsTheWhole() throws Exception {
        try (ByteBudget.Permit _ = budget.take(1000)) {
            assertThat(budget.free()).isZero();
        }
        assertThat(budget.free()).isEqualTo(10);
    }

    @Test
    void aPermitIsClosedOnce() throws Exception {
        final ByteBudget.Permit permit = budget.take(4);
        permit.close();
        assertThatThrownBy(permit::close).isInstanceOf(IllegalStateException.class).hasMessageContaining("4 bytes");
        assertThat(budget.free()).isEqualTo(10);
        assertThatThrownBy(() -> new ByteBudget(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyThreadsThatTakeCancelAndAreInterruptedNeverHoldMoreAndLoseNothing() throws Exception {
        final AtomicLong held = new AtomicLong();
        final AtomicBoolean tooMuch = new AtomicBoolean();
        final List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            final Random random = new Random(t);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 3000; i++) {
                    final int wanted = 1 + random.nextInt(10);
                    switch (random.nextInt(3)) {
                        case 0 -> budget.whenFree(wanted).subscribeWith(new Closing()).cancel();
                        case 1 -> {
                            Thread.currentThread().interrupt();
                            take(wanted, held, tooMuch);
                        }
                        default -> take(wanted, held, tooMuch);
                    }
                }
            }));
        }
        for (final Thread thread : threads)
            thread.join();
        assertThat(tooMuch).isFalse();
        assertThat(held).hasValue(0);
        assertThat(budget.free()).isEqualTo(10);
    }

    /** Takes a permit that arrives with the cancellation too, where Reactor's own subscribers would drop it. */
    private static final class Closing extends BaseSubscriber<ByteBudget.Permit> {
        @Override
        protected void hookOnNext(ByteBudget.Permit permit) {
            permit.close();
        }
    }

    private void take(int wanted, AtomicLong held, AtomicBoolean tooMuch) {
        try (ByteBudget.Permit _ = budget.take(wanted)) {
            if (held.addAndGet(wanted) > 10)
                tooMuch.set(true);
            Thread.onSpinWait();
            held.addAndGet(-wanted);
        } catch (InterruptedException e) {
            // it holds no permit, which the sum at the end proves
        }
    }
}
