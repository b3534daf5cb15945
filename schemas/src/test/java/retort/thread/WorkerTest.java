package retort.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

final class WorkerTest {
    @Test
    void runsItsTasksInOrderOnOneThreadOfItsName() {
        final List<String> ran = new ArrayList<>(); // one thread writes it, and it is read after close
        try (Worker worker = Worker.named("retort-test")) {
            for (int i = 0; i < 100; i++) {
                final int number = i;
                worker.execute(() -> ran.add(number + " " + Thread.currentThread().getName()));
            }
        }
        assertThat(ran).hasSize(100).startsWith("0 retort-test", "1 retort-test").endsWith("99 retort-test");
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheOnesBehindIt() {
        final AtomicInteger ran = new AtomicInteger();
        try (Worker worker = Worker.named("retort-test")) {
            worker.execute(() -> {
                throw new IllegalStateException("as the test wants");
            });
            worker.execute(ran::incrementAndGet);
        }
        assertThat(ran).hasValue(1);
    }

    @Test
    void repeatsThoughOneTimeThrowsAndUntilItIsClosed() {
        final AtomicInteger ran = new AtomicInteger();
        final Worker worker = Worker.named("retort-test");
        worker.repeat(() -> {
            if (ran.incrementAndGet() == 2)
                throw new IllegalStateException("as the test wants");
        }, Duration.ofMillis(1));
        await().untilAsserted(() -> assertThat(ran).hasValueGreaterThan(4));
        assertThat(worker.close(Duration.ofSeconds(10))).isTrue();
        final int atEnd = ran.get();
        assertThat(worker.offer(ran::incrementAndGet)).isFalse();
        assertThat(ran).hasValue(atEnd);
    }

    @Test
    void onlyItsOwnThreadIsCurrent() {
        final AtomicReference<Boolean> inside = new AtomicReference<>();
        try (Worker worker = Worker.named("retort-test")) {
            worker.execute(() -> {
                worker.requireCurrent();
                inside.set(worker.isCurrent());
            });
            assertThatIllegalStateException().isThrownBy(worker::requireCurrent).withMessageContaining("retort-test");
        }
        assertThat(inside).hasValue(true);
    }

    @Test
    void interruptsATaskThatOutlastsTheWait() {
        final AtomicReference<Throwable> end = new AtomicReference<>();
        final CountDownLatch begun = new CountDownLatch(1);
        final Worker worker = Worker.running("retort-test", () -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                end.set(e);
            }
        });
        await().until(() -> begun.getCount() == 0);
        assertThat(worker.close(Duration.ofMillis(1))).isFalse();
        await().untilAsserted(() -> assertThat(end.get()).isInstanceOf(InterruptedException.class));
    }

    @Test
    void closesOnItsOwnThreadWithoutWaitingForItself() {
        final AtomicReference<Boolean> closed = new AtomicReference<>();
        final Worker worker = Worker.named("retort-test");
        worker.execute(() -> closed.set(worker.close(Duration.ofDays(1))));
        await().untilAsserted(() -> assertThat(closed).hasValue(false));
        await().until(() -> worker.close(Duration.ofSeconds(10)));
    }

    @Test
    void blockFailsAtOnceOnANonBlockingWorker() {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Worker worker = Worker.nonBlocking("retort-test")) {
            worker.execute(() -> {
                try {
                    Mono.never().block(Duration.ofSeconds(10));
                } catch (IllegalStateException e) {
                    failure.set(e);
                }
            });
        }
        assertThat(failure.get()).hasMessageContaining("blocking");
    }
}
