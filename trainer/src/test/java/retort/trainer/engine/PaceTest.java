package retort.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class PaceTest {
    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void aBackgroundTaskWaitsForItsShareOnlyWhileForegroundTasksWantTheEngine() throws Exception {
        final Pace pace = new Pace();
        assertThat(pace.pause()).as("nothing has run").isZero();
        pace.begin();
        pace.background(PaceTest::busy, 0.001);
        assertThat(pace.pause()).as("a thousand times as long as a task of 20 ms, less what has passed").isPositive();
        pace.end();
        assertThat(pace.pause()).as("a foreground task has just ended").isPositive();

        final Pace alone = new Pace();
        alone.background(PaceTest::busy, 0.001);
        assertThat(alone.pause()).as("no foreground task").isZero();
        alone.begin();
        alone.background(PaceTest::busy, 1);
        assertThat(alone.pause()).as("the whole time").isZero();
    }

    @Test
    void theViewRunsItsTasksOnTheEngineAndReturnsWhatTheyCompute() {
        final Engine background = engine.background(0.5);
        final Mono<Long> foreground = Flux.range(0, 20)
                .concatMap(i -> engine.submit(PaceTest::busy), 0).count();
        final Mono<Long> behind = Flux.range(0, 3).concatMap(i -> background.submit(() -> {
            engine.requireThread();
            return i;
        }), 0).count();

        assertThat(Mono.zip(foreground, behind, Long::sum).block(Duration.ofMinutes(1))).isEqualTo(23);
        assertThatThrownBy(() -> engine.background(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A service that is closed in the middle of an evaluation frees the model, and then the engine is closed. */
    @Test
    void whatAViewFreesWaitsForNoShareAndNotForAnEngineThatIsClosed() {
        final Engine own = Engine.start(new EngineSettings("cpu", 1));
        final Engine slow = own.background(1e-9);
        final AtomicInteger freed = new AtomicInteger();
        own.submit(PaceTest::busy).and(slow.submit(PaceTest::busy)).block(Duration.ofMinutes(1));

        slow.free(freed::incrementAndGet).subscribe();
        own.close();
        assertThat(freed).hasValue(1);
        slow.free(freed::incrementAndGet).block(Duration.ofMinutes(1));
        assertThat(freed).as("the closed engine has freed all arrays").hasValue(1);
    }

    /** A run that begins or goes on calls the engine before it submits its first step. */
    @Test
    void aCallIsAForegroundTaskToo() {
        final Engine background = engine.background(1e-4);
        background.submit(PaceTest::busy).block();

        engine.call(PaceTest::busy);

        assertThatThrownBy(() -> background.submit(PaceTest::busy).block(Duration.ofMillis(100)))
                .as("its next task may begin after minutes").hasMessageContaining("Timeout");
        background.call(PaceTest::busy);
    }

    private static boolean busy() {
        final long begun = System.nanoTime();
        while (System.nanoTime() - begun < Duration.ofMillis(20).toNanos())
            Thread.onSpinWait();
        return true;
    }
}
