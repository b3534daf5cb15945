package retort.kafka;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A subscriber that requests nothing by itself and passes every request on unchecked. */
final class Probe<T> implements CoreSubscriber<T> {
    final List<T> received = new CopyOnWriteArrayList<>();
    /** Completes with the source, or fails with its error. */
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final BiConsumer<Probe<T>, T> onNext;
    private volatile Subscription subscription;
    private volatile long count;

    Probe() {
        this((probe, item) -> {
        });
    }

    /** @param onNext called within every signal, on the source's thread */
    Probe(BiConsumer<Probe<T>, T> onNext) {
        this.onNext = onNext;
    }

    void request(long n) {
        subscription.request(n);
    }

    /** Number of items before the present one during a signal, otherwise the number of all received items. */
    long count() {
        return count;
    }

    /** Releases the received items. */
    void forget() {
        received.clear();
    }

    void cancel() {
        subscription.cancel();
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // signals are serial
    public void onNext(T item) {
        received.add(item);
        onNext.accept(this, item);
        count++;
    }

    @Override
    public void onError(Throwable error) {
        ended.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        ended.complete(null);
    }
}
