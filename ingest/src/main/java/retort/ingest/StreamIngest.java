package retort.ingest;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import retort.ingest.budget.ByteBudget;
import retort.ingest.demand.Demand;
import retort.ingest.demand.StreamLedger;
import retort.ingest.order.SliceOrder;
import retort.ingest.order.Slices;
import retort.ingest.pack.EpochTally;
import retort.ingest.pack.Packer;
import retort.ingest.recipe.Recipe;
import retort.ingest.settings.IngestSettings;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.ClassesTogether;
import retort.ingest.source.DataSource;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;
import retort.kafka.StreamRegistry;
import retort.kafka.Topics;
import retort.place.Places;
import retort.record.Stream;
import retort.thread.Worker;

/**
 * Runs one stream in this process. It opens the source, describes the stream on the topic {@code streams}, fences older owners of its
 * partitions, and runs the pipeline from their position. The last process to finish marks the stream as complete. A member of a group
 * waits for that, because it takes over what another one leaves.
 */
final class StreamIngest {
    private static final Logger LOG = LoggerFactory.getLogger(StreamIngest.class);

    private final StreamSettings stream;
    private final IngestSettings settings;
    private final Broker broker;
    private final Claim claim;
    private final Shared shared;

    /**
     * The resources that the streams of a process share.
     *
     * @param decoded permits for the bytes of decoded images
     * @param classes holds the classes of the streams against each other
     * @param places opens s3:// and https://
     * @param ahead permits for the bytes that are fetched ahead; empty if nothing is
     * @param stop when this Publisher ends, no further record is begun
     */
    record Shared(Packer.Resources packing, ByteBudget decoded, IngestProgress progress, ClassesTogether classes,
            Publisher<?> stop, Places places, Optional<ByteBudget> ahead) {
    }

    StreamIngest(StreamSettings stream, Broker broker, Claim claim, Shared shared) {
        this.stream = stream;
        this.settings = claim.settings();
        this.broker = broker;
        this.claim = claim;
        this.shared = shared;
    }

    /** Returns a cold Mono that completes with the stream. Blocking calls run on a thread of the stream's own. */
    Mono<Void> run() {
        return Mono.using(() -> Worker.named("retort-ingest-" + stream.name()),
                thread -> Mono
                        .using(() -> Sources.open(stream, settings, broker, shared.places()),
                                source -> fromSource(source, thread.scheduler()),
                                StreamIngest::close)
                        .subscribeOn(thread.scheduler()),
                thread -> thread.close(Duration.ZERO));
    }

    private Mono<Void> fromSource(DataSource source, Scheduler thread) {
        return Mono.fromCallable(() -> SliceOrder.of(source, stream, settings, thread, shared.ahead())).flatMap(slices -> {
            final Stream wanted = StreamDescription.of(stream, settings, source, slices.layout());
            final Optional<Stream> there = broker.streams().find(stream.name());
            final Stream description = there.map(present -> StreamDescription.goingOn(present, wanted)).orElse(wanted);
            there.ifPresent(present -> StreamRegistry.requireSame(present, description));
            final boolean again = StreamTopic.isForgotten(broker, stream.name());
            final StreamTopic topic = StreamTopic.open(broker, stream, settings, source instanceof UnboundedSource);
            final Stream inForce = broker.streams().publish(description);
            if (inForce.getLastSequence() != null && !again) {
                LOG.info("stream {} is complete: its last sequence is {}", stream.name(), inForce.getLastSequence());
                return Mono.empty();
            }
            final Set<Integer> owned = claim.partitions(source);
            return (owned.isEmpty()
                    ? Mono.<Void>empty()
                    : Mono.using(() -> Recipe.of(stream.recipe(), shared.decoded()),
                            recipe -> Mono.using(
                                    () -> BatchPublisher.open(broker, topic, claim, owned, source, slices.layout()),
                                    publisher -> Mono.using(() -> demand(source),
                                            demand -> pipeline(slices, demand, source, recipe, publisher,
                                                    place(topic, owned, inForce), there.orElse(inForce).getCreatedAt()),
                                            Demand::close),
                                    BatchPublisher::close),
                            Recipe::close))
                    .then(Mono.fromRunnable(() -> completeIfPast(inForce, slices)).subscribeOn(thread)).then(others());
        });
    }

    /** Completes when the other members of a group have published their parts, too, or when this process is asked to stop. */
    private Mono<Void> others() {
        return claim.isShared()
                ? Mono.firstWithSignal(broker.streams().awaitComplete(stream.name()).then(), Mono.from(shared.stop()).then())
                : Mono.empty();
    }

    /** The place to go on from. Blocks. Call it when older owners are fenced. */
    private Place place(StreamTopic topic, Set<Integer> owned, Stream description) {
        final Place place = place(owned);
        topic.requireSame(broker, description, place);
        return place;
    }

    private Place place(Set<Integer> owned) {
        return Place.of(stream.name(), settings.partitions(), owned, StreamTopic.positions(broker, stream.name()));
    }

    /** @param began the time at which the stream was described first */
    private Mono<Void> pipeline(Slices slices, Demand demand, DataSource source, Recipe recipe, BatchPublisher publisher,
            Place place, Instant began) {
        final StreamLedger ledger = new StreamLedger(limits(source), place.first(), place.marks());
        final StreamProgress progress = new StreamProgress(
                StreamProgress.Named.of(stream, source), settings.imagesPerRecord(), slices, place.first(), ledger);
        shared.progress().add(progress);
        LOG.info("stream {} goes on at sequence {} of {}", stream.name(), place.first(), stream.shown());
        source.findings().remarks().forEach(remark -> LOG.info("{}: {}", stream.shown(), remark));
        if (place.first() > 0)
            source.changedSince(began).ifPresent(changed -> LOG.warn("{}: {}", stream.shown(), changed));
        shared.classes().opened(stream.sourceKey(), source.classNames()).ifPresent(LOG::warn);
        final Packer packer = new Packer(stream, source.classNames().size(), settings.maxRecordBytes(), recipe,
                shared.packing(), sample -> {
                });
        final Optional<EpochTally> tally = slices.layout()
                .map(layout -> new EpochTally(stream, layout, place::wants, settings.partitions(), settings.maxRejected())
                        .resumedAt(place.first(), place::has, place.epochRejected(layout)));
        return new IngestPipeline(slices, demand, ledger, packer, tally, publisher, progress, settings.transaction(),
                SliceOrder.linger(source, settings), Schedulers.parallel(), shared.stop()).from(place)
                .takeUntilOther(broker.unchanged(written())).then()
                .doOnSuccess(end -> progress.ended())
                .doFinally(
                        end -> source.findings().passedOver().text()
                                .ifPresent(text -> LOG.info("{}: {}", stream.shown(), text)));
    }

    /** The topics that the transactions of this stream write to. Some of them get records only from time to time. */
    private List<String> written() {
        final Topics topics = broker.topics();
        return List.of(topics.images(stream.name()), topics.positions().name(), topics.rejected().name(),
                topics.streams().name());
    }

    private Demand demand(DataSource source) {
        return stream.retention().isEmpty() ? Demand.unlimited() : Demand.of(broker, stream.name(), limits(source).mostBatch());
    }

    /**
     * The limits of the stream's lead: at most half of the retention, in images and in bytes. The other half keeps the records that a
     * killed run needs.
     */
    private StreamLedger.Limits limits(DataSource source) {
        return stream.retention().isEmpty()
                ? StreamLedger.Limits.none(settings.imagesPerRecord())
                : new StreamLedger.Limits(settings.maxAhead(),
                        settings.retentionBytes(stream, source instanceof UnboundedSource) / 2, settings.imagesPerRecord());
    }

    private void completeIfPast(Stream description, Slices slices) {
        slices.lastSequence().ifPresent(last -> {
            if (!place(settings.allPartitions()).isPast(last))
                return; // stopped early, or another process still has its part to publish
            broker.streams().complete(description, last);
            LOG.info("stream {} is complete: its last sequence is {}", stream.name(), last);
        });
    }

    private static void close(DataSource source) {
        try {
            source.close();
        } catch (IOException e) {
            LOG.warn("a source could not be closed: {}", e.toString());
        }
    }
}
