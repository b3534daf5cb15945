package retort.evaluator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.evaluator.images.ScoredStream;
import retort.evaluator.suite.FrozenModel;
import retort.evaluator.suite.ReconstructionPicture;
import retort.record.CheckpointReady;
import retort.trainer.engine.Engine;

/** Paints what a run's last checkpoint makes of the first validation images. Any thread subscribes. */
final class RunPicture {
    private final Engine engine;
    private final ScoredStream val;
    private final long maskSeed;

    RunPicture(Engine engine, ScoredStream val, long maskSeed) {
        this.engine = engine;
        this.val = val;
        this.maskSeed = maskSeed;
    }

    /** The last checkpoint of {@code run} that has a decoder. */
    static Optional<CheckpointReady> last(String run, Collection<CheckpointReady> announced) {
        return announced.stream()
                .filter(checkpoint -> checkpoint.getRun().equals(run) && checkpoint.getArchitecture().getDecoderDepth() > 0)
                .max(Comparator.comparingLong(CheckpointReady::getStep));
    }

    /** Completes with {@code png} once it is written. */
    Mono<Path> paint(CheckpointReady checkpoint, int images, Path png) {
        final Mono<FrozenModel> opened = Mono.fromCallable(() -> CheckpointFile.verified(checkpoint))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(file -> FrozenModel.open(engine, checkpoint, file, val.stream()));
        return Mono.usingWhen(opened,
                model -> val.blocks(images).next().flatMap(block -> model.reconstructions(block, maskSeed))
                        .publishOn(Schedulers.boundedElastic())
                        .handle((pictures, sink) -> {
                            try {
                                ReconstructionPicture.write(png, pictures, model.shape());
                                sink.next(png);
                            } catch (IOException e) {
                                sink.error(new UncheckedIOException(e));
                            }
                        }),
                FrozenModel::close);
    }
}
