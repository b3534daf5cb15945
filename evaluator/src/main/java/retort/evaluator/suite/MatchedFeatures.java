package retort.evaluator.suite;

import java.util.List;
import reactor.core.publisher.Flux;
import retort.evaluator.knn.FeatureBlock;
import retort.record.Stream;
import retort.trainer.images.ImageBlock;

/**
 * The features of the validation and the probe images, each with its class among the classes of the probe stream. Immutable, so any
 * thread may use it.
 */
final class MatchedFeatures {
    private final FrozenFeatures features;
    private final ScoringContext context;
    private final Stream probe;
    private final ClassMatch val;
    private final ClassMatch bank;

    /** @throws CheckpointRefusedException if a class of the validation stream is not a class of the probe stream */
    MatchedFeatures(FrozenFeatures features, ScoringContext context) {
        this.features = features;
        this.context = context;
        this.probe = context.stream(ScoringContext.PROBE).stream();
        this.val = ClassMatch.of(context.stream(ScoringContext.VAL).stream(), classes(), "stream " + probe.getName());
        this.bank = ClassMatch.of(probe, classes(), "itself");
        context.say(val.summary());
    }

    /** Names of the classes, by index. */
    List<String> classes() {
        return probe.getClassNames();
    }

    /** One pass over the validation images. Request one block at a time. */
    Flux<FeatureBlock> val() {
        return blocks(ScoringContext.VAL, val);
    }

    /** One pass over the probe images. Request one block at a time. */
    Flux<FeatureBlock> probe() {
        return blocks(ScoringContext.PROBE, bank);
    }

    private Flux<FeatureBlock> blocks(String role, ClassMatch match) {
        return context.blocks(role).concatMap(block -> features.of(new ImageBlock(block.pixels(), block.sampleIds(),
                match.answers(block.labels(), block.sampleIds()), block.end())), 0);
    }
}
