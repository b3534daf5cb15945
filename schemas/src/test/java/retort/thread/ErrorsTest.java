package retort.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ErrorsTest {
    private final IOException one = new IOException("one");
    private final IOException two = new IOException("two");
    private final IOException three = new IOException("three");

    @Test
    void theFirstOfErrorsThatReactorHasPutIntoOneIsTold() {
        assertThat(Errors.first(of(atOnce(one, two)))).isSameAs(one);
        assertThat(Errors.first(of(Flux.mergeDelayError(2, atOnce(one, two), Flux.error(three))))).isSameAs(one);
    }

    @Test
    void anErrorThatCameAloneIsLeftAsItIs() {
        final IllegalStateException error = new IllegalStateException("why", one);
        error.addSuppressed(two);
        assertThat(Errors.first(error)).isSameAs(error);
    }

    private static Flux<Object> atOnce(IOException... errors) {
        return Flux.fromIterable(List.of(errors)).flatMapDelayError(Mono::error, 2, 1);
    }

    private static Throwable of(Flux<Object> failing) {
        final AtomicReference<Throwable> error = new AtomicReference<>();
        failing.subscribe(nothing -> {
        }, error::set);
        assertThat(error.get()).hasMessageContaining("Multiple exceptions");
        return error.get();
    }
}
