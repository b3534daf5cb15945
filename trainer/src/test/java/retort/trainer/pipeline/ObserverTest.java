package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Losses;

@Timeout(60)
class ObserverTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    /** A listener that blocks in its first step until {@code open} is released. */
    private final RunListener gated = new RunListener() {
        @Override
        public void stepped(TrainedStep step) {
            first.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                heard.add("interrupted");
                Thread.currentThread().interrupt();
            }
            heard.add("stepped " + step.number());
        }

        @Override
        public void ended(RunOutcome outcome) {
            heard.add("ended");
        }
    };

    @Test
    void callsThatFindTheQueueFullAreCountedAndTheOthersComeInOrderWithTheEnd() throws InterruptedException {
        final int more = 40;
        try (Observer observer = observer(gated, PATIENCE)) {
            observer.stepped(step(1));
            first.await();
            for (int i = 2; i <= Observer.STEP_CALLS + 1 + more; i++)
                observer.stepped(step(i));
            observer.ended(new RunOutcome.Finished());
            assertThat(observer.dropped()).isEqualTo(more);
            open.countDown();
        }

        assertThat(heard).hasSize(Observer.STEP_CALLS + 2).startsWith("stepped 1", "stepped 2", "stepped 3")
                .endsWith("stepped " + (Observer.STEP_CALLS + 1), "ended");
    }

    @Test
    void itHearsAgainOnceItHasCaughtUp() {
        try (Observer observer = observer(gated, PATIENCE)) {
            for (int i = 0; i < 2 * Observer.CALLS; i++)
                observer.stepped(step(i));
            final long dropped = observer.dropped();
            assertThat(dropped).isPositive();
            open.countDown();
            await().until(() -> heard.size() == 2 * Observer.CALLS - dropped);

            observer.stepped(step(7777));
            await().until(() -> heard.getLast().equals("stepped 7777"));
            assertThat(observer.dropped()).isEqualTo(dropped);
        }
    }

    @Test
    void aListenerThatNeverReturnsIsInterruptedWhenTheRunEndsAndHearsNothingAfterwards() {
        final Observer observer = observer(gated, Duration.ofMillis(50));
        observer.stepped(step(1));
        observer.close();

        await().untilAsserted(() -> assertThat(heard).containsExactly("interrupted", "stepped 1"));
        observer.stepped(step(2));
        observer.ended(new RunOutcome.Finished());
        observer.close();
        assertThat(heard).hasSize(2);
    }

    @Test
    void whatAListenerThrowsReachesNobody() {
        try (Observer observer = observer(new RunListener() {
            @Override
            public void waiting() {
                heard.add("waiting");
                throw new AssertionError("a mistake");
            }
        }, PATIENCE)) {
            observer.waiting();
            observer.waiting();
        }
        assertThat(heard).containsExactly("waiting", "waiting");
    }

    private static Observer observer(RunListener listener, Duration closeWait) {
        return new Observer("gated", "run", listener, closeWait);
    }

    private static TrainedStep step(long number) {
        return new TrainedStep(number, new long[]{number}, new Losses(Map.of("total", 1.0), 1, 0.1), ImagePosition.at(number));
    }
}
