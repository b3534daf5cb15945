package retort.evaluator.suite;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.evaluator.images.ScoredStream;
import retort.record.CheckpointReady;
import retort.trainer.engine.Engine;

/**
 * Paints the first validation images beside their reconstructions by the last checkpoint, with the masks of the suite
 * {@code reconstruction}. Immutable, so any thread may use it.
 */
public final class RunPicture {
    private final Engine engine;
    private final long maskSeed;

    private RunPicture(Engine engine, long maskSeed) {
        this.engine = engine;
        this.maskSeed = maskSeed;
    }

    /**
     * @param whole settings with their defaults
     * @param engine belongs to the caller
     * @throws retort.settings.SettingException if {@code evaluator.reconstruction.mask-seed} is not allowed
     */
    public static RunPicture from(Config whole, Engine engine) {
        return new RunPicture(engine,
                ReconstructionSuite.maskSeed(Suites.section(whole, new ReconstructionSuite().description().name())));
    }

    /** The last checkpoint of {@code run} that has a decoder. */
    public static Optional<CheckpointReady> last(String run, Collection<CheckpointReady> announced) {
        return announced.stream()
                .filter(checkpoint -> checkpoint.getRun().equals(run) && checkpoint.getArchitecture().getDecoderDepth() > 0)
                .max(Comparator.comparingLong(CheckpointReady::getStep));
    }

    /**
     * Paints one column for each image.
     *
     * @param images number of images, from the start of {@code val}
     * @param png the file; it is overwritten, and missing folders are created
     * @return {@code png} after it is written; fails with {@link CheckpointRefusedException} or {@link UncheckedIOException}
     */
    public Mono<Path> paint(CheckpointReady checkpoint, ScoredStream val, int images, Path png) {
        return Mono.usingWhen(FrozenModel.open(engine, checkpoint, val.stream()),
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
