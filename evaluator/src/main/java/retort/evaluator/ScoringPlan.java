package retort.evaluator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import retort.console.StatusLine;
import retort.evaluator.images.ScoredStream;
import retort.evaluator.knn.NeighbourSearch;
import retort.evaluator.suite.ClassificationSuite;
import retort.evaluator.suite.KnnSuite;
import retort.evaluator.suite.ReconstructionSuite;
import retort.evaluator.suite.Suite;
import retort.kafka.Broker;
import retort.record.Stream;
import retort.trainer.engine.Engine;

/**
 * What every checkpoint is scored by, on which images: settled once the streams are complete.
 *
 * @param suites in the order of the settings
 */
record ScoringPlan(ScoredStream val, List<Suite> suites) {
    private static final Logger LOG = LoggerFactory.getLogger(ScoringPlan.class);

    ScoringPlan {
        suites = List.copyOf(suites);
    }

    /** Waits for the streams that the suites need, for as long as it takes. */
    static Mono<ScoringPlan> await(Broker broker, EvaluatorSettings settings, Engine engine, StatusLine line) {
        final Mono<ScoredStream> val = complete(broker, settings, line, settings.valStream());
        final Mono<ScoredStream> probe = complete(broker, settings, line, settings.probeStream());
        return settings.suites().contains(KnnSuite.NAME)
                ? val.flatMap(v -> probe.map(p -> of(settings, engine, v, Optional.of(p))))
                : val.map(v -> of(settings, engine, v, Optional.empty()));
    }

    Optional<KnnSuite> knn() {
        return suites.stream().filter(KnnSuite.class::isInstance).map(KnnSuite.class::cast).findFirst();
    }

    private static Mono<ScoredStream> complete(Broker broker, EvaluatorSettings settings, StatusLine line, String name) {
        return broker.streams().awaitComplete(name)
                .doOnSubscribe(subscribed -> line.update("waits for stream " + name + " to be complete"))
                .map(stream -> ScoredStream.of(broker, stream, settings.readBuffer(), settings.heldPixels()));
    }

    private static ScoringPlan of(EvaluatorSettings settings, Engine engine, ScoredStream val, Optional<ScoredStream> probe) {
        final List<Suite> suites = new ArrayList<>();
        for (final String name : settings.suites())
            switch (name) {
                case KnnSuite.NAME -> probe.flatMap(bank -> knn(settings, engine, val, bank)).ifPresent(suites::add);
                case ReconstructionSuite.NAME ->
                    suites.add(new ReconstructionSuite(settings.maskSeed(), val, settings.batch()));
                case ClassificationSuite.NAME -> {
                    if (hasLabels(val.stream(), name))
                        suites.add(new ClassificationSuite(val, settings.batch()));
                }
                default -> throw new IllegalArgumentException("no suite is called " + name);
            }
        return new ScoringPlan(val, suites);
    }

    private static boolean hasLabels(Stream stream, String suite) {
        if (stream.getClassNames().isEmpty())
            LOG.warn("suite {} is left out: the images of stream {} have no labels", suite, stream.getName());
        return !stream.getClassNames().isEmpty();
    }

    private static Optional<KnnSuite> knn(EvaluatorSettings settings, Engine engine, ScoredStream val, ScoredStream probe) {
        if (!hasLabels(val.stream(), KnnSuite.NAME) || !hasLabels(probe.stream(), KnnSuite.NAME))
            return Optional.empty();
        final EvaluatorSettings.Knn knn = settings.knn();
        return Optional.of(new KnnSuite(new NeighbourSearch(engine, knn.k(), knn.bankBlock(), knn.queryMemory()), knn.k(),
                knn.temperature(), val, probe, settings.batch()));
    }
}
