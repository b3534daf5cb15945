package retort.evaluator;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import retort.console.StatusLine;
import retort.evaluator.images.ScoredStream;
import retort.kafka.Broker;
import retort.record.CheckpointReady;
import retort.trainer.engine.Engine;

/**
 * A running evaluator. It begins by itself, scores what is announced and was not scored before, and goes on until it is closed or
 * fails. Any thread.
 */
public final class EvaluatorService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluatorService.class);

    private final Broker broker;
    private final Engine engine;
    private final EvaluatorSettings settings;
    private final SettledCheckpoints settled = new SettledCheckpoints();
    private final Sinks.Empty<Void> failed = Sinks.empty();
    private final Mono<EvaluationLedger> ledger;
    private final Disposable running;

    private EvaluatorService(Config config, Engine engine, StatusLine line) {
        this.settings = EvaluatorSettings.from(config);
        this.broker = Broker.from(config, settings.timeout());
        this.engine = engine;
        // Cached: one that is still being opened when this is closed is closed too.
        this.ledger = Mono.fromCallable(this::openLedger).subscribeOn(Schedulers.boundedElastic()).cache();
        this.running = ledger.flatMapMany(
                open -> new EvaluationPipeline(open.rejecting(broker), settings, engine, open, settled, line).evaluations())
                .subscribe(evaluation -> {
                }, this::fail);
    }

    /**
     * Returns at once; what it needs of the broker it looks for afterwards.
     *
     * @param engine stays the caller's; to be closed after this
     * @throws retort.settings.SettingException for a setting under {@code evaluator}, {@code kafka} or {@code topics}
     */
    public static EvaluatorService start(Config config, Engine engine, StatusLine line) {
        return new EvaluatorService(config, engine, line);
    }

    /** Never completes; errs when the evaluator cannot go on. */
    public Mono<Void> done() {
        return failed.asMono();
    }

    /**
     * Completes once every checkpoint that is announced when this is subscribed to was scored or set aside, now or before; errs when
     * the evaluator does.
     */
    public Mono<Void> caughtUp() {
        return Mono.firstWithSignal(done(), Mono.fromCallable(this::announced).subscribeOn(Schedulers.boundedElastic())
                .flatMap(settled::all));
    }

    /**
     * Paints the first validation images, as they are, as the last checkpoint of {@code run} sees them and as it completes them.
     *
     * @return {@code png} once it is written; empty where the run has no checkpoint with a decoder, or stream val is not complete
     */
    public Mono<Path> picture(String run, int images, Path png) {
        return Mono.fromCallable(() -> RunPicture.last(run, announced())).subscribeOn(Schedulers.boundedElastic())
                .flatMap(Mono::justOrEmpty)
                .flatMap(checkpoint -> Mono.fromCallable(this::val).subscribeOn(Schedulers.boundedElastic())
                        .flatMap(Mono::justOrEmpty)
                        .flatMap(val -> new RunPicture(engine, val, settings.maskSeed()).paint(checkpoint, images, png)));
    }

    /** Stops after the engine's present task and waits for what is in flight; publishes nothing more. */
    @Override
    public void close() {
        running.dispose();
        ledger.publishOn(Schedulers.boundedElastic()).doOnNext(EvaluationLedger::close).onErrorComplete().then().block();
    }

    private EvaluationLedger openLedger() {
        broker.ensureEventTopics();
        return EvaluationLedger.open(broker, settings.id());
    }

    private void fail(Throwable error) {
        LOG.debug("the evaluator stops", error); // whoever started it says so, once
        failed.tryEmitError(error);
    }

    private Optional<ScoredStream> val() {
        return broker.streams().find(settings.valStream()).filter(stream -> stream.getLastSequence() != null)
                .map(stream -> ScoredStream.of(broker, stream, settings.readBuffer(), 0));
    }

    private Collection<CheckpointReady> announced() {
        return broker.table(broker.topics().checkpoints()).values();
    }
}
