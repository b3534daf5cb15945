package retort.evaluator.webhook;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.GroupOffset;
import retort.record.Evaluation;

/**
 * Calls a URL about evaluations. It follows the topic {@code evaluations} by itself, so it never holds an evaluation up, and the topic is its
 * queue. Calls are made one after another. An attempt that fails is repeated with growing pauses; when the last one fails, the call is
 * dropped, which is told once until a call succeeds again. The place of the last dealt-with evaluation is kept in the cluster, so after a
 * restart a call is made at least once, with the same id. Immutable, so any thread may use it.
 */
public final class Webhook {
    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int OK = 200;
    private static final int MULTIPLE_CHOICES = 300;

    private final Broker broker;
    private final WebhookSettings settings;
    private final GroupOffset place;

    private Webhook(Broker broker, WebhookSettings settings, String name) {
        this.broker = broker;
        this.settings = settings;
        this.place = new GroupOffset(broker, name + ".webhook", broker.topics().evaluations());
    }

    /**
     * @param name the group with the webhook's place is the prefix, this name and {@code .webhook}
     * @return empty if no URL is set
     * @throws retort.settings.SettingException if a setting under {@code evaluator.webhook} is not allowed
     */
    public static Optional<Webhook> from(Config whole, Broker broker, String name) {
        return WebhookSettings.from(whole).map(settings -> new Webhook(broker, settings, name));
    }

    /**
     * Follows the topic and calls, endlessly. Fails only if the broker does.
     *
     * @param calls the calls about an evaluation; called for every evaluation in the order of the topic
     * @param deleted is given the key of each tombstone
     */
    public Mono<Void> run(Function<Event<Evaluation>, List<Call>> calls, Consumer<String> deleted) {
        return Mono.fromCallable(this::start).subscribeOn(Schedulers.boundedElastic())
                .flatMapMany(from -> Flux.using(Receiver::new,
                        receiver -> broker.follow(broker.topics().evaluations(), From.EARLIEST, "webhook").concatMap(event -> {
                            if (event.value() == null) {
                                deleted.accept(event.key());
                                return Mono.<Void>empty();
                            }
                            final List<Call> made = calls.apply(event);
                            return event.offset() < from || made.isEmpty()
                                    ? Mono.<Void>empty()
                                    : Flux.fromIterable(made).concatMap(receiver::call, 0).then(dealtWith(event.offset()));
                        }, 0), Receiver::close))
                .then();
    }

    /** At the first start, what was evaluated before is not called about. */
    private long start() {
        final OptionalLong kept = place.read();
        if (kept.isPresent())
            return kept.getAsLong();
        final long end = place.end();
        place.write(end);
        return end;
    }

    private Mono<Void> dealtWith(long offset) {
        return Mono.<Void>fromRunnable(() -> place.write(offset + 1)).subscribeOn(Schedulers.boundedElastic());
    }

    /** The other side, and whether it is there. Called serially. */
    private final class Receiver {
        private final HttpClient client = HttpClient.newBuilder().connectTimeout(settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER).build();
        private volatile boolean lost;

        Mono<Void> call(Call call) {
            return Mono.fromFuture(() -> client.sendAsync(request(call), HttpResponse.BodyHandlers.discarding())
                    .thenApply(HttpResponse::statusCode))
                    .flatMap(status -> status >= OK && status < MULTIPLE_CHOICES
                            ? Mono.just(status)
                            : Mono.error(new IOException("it answers with status " + status)))
                    .retryWhen(Retry.backoff(settings.attempts() - 1L, settings.pause()).maxBackoff(LONGEST_PAUSE)
                            .onRetryExhaustedThrow((retry, signal) -> signal.failure()))
                    .publishOn(Schedulers.parallel())
                    .doOnNext(status -> found())
                    .onErrorResume(failure -> {
                        drop(call, failure);
                        return Mono.empty();
                    }).then();
        }

        private HttpRequest request(Call call) {
            final HttpRequest.Builder request = HttpRequest.newBuilder(settings.url()).timeout(settings.timeout())
                    .header("Content-Type", "application/json").header("User-Agent", "retort")
                    .header("X-Retort-Event", call.event()).header("X-Retort-Delivery", call.id())
                    .POST(HttpRequest.BodyPublishers.ofByteArray(call.body()));
            if (!settings.secret().isEmpty())
                request.header("X-Retort-Signature-256", Signature.of(call.body(), settings.secret()));
            return request.build();
        }

        void close() {
            client.shutdownNow();
        }

        private void found() {
            if (lost)
                LOG.info("webhook {} takes calls again", settings.receiver());
            lost = false;
        }

        private void drop(Call call, Throwable failure) {
            if (!lost)
                LOG.warn(
                        "webhook {} has not taken the call {} in {} attempts ({}): this call and further ones are dropped until it"
                                + " does; see evaluator.webhook",
                        settings.receiver(), call.id(), settings.attempts(), failure.toString());
            lost = true;
        }
    }
}
