package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.kafka.StreamPosition;
import retort.record.Stream;
import retort.trainer.RealTraining;
import retort.trainer.Training;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.BlockBuffers;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerStart;
import retort.trainer.settings.TrainerSettings;
import retort.trainer.weights.HostTensor;

/** Tests Saver and Stepper with a real learner. */
class SaverTest extends RealTraining {
    private static final int BATCH = 7;

    private final Stream stream = new Stream("train", "memory:", "none", 0L, 1, 16, 16, List.of(0.5), List.of(0.5),
            List.of(), 23L, 5, 2, "hash", null, Instant.EPOCH, Map.of());

    private CheckpointStore store;
    private TrainingState initial;
    private Learner learner;
    private Stepper stepper;

    @BeforeEach
    void open() {
        store = new CheckpointStore(checkpoints);
        final RunPlan plan = RunPlan
                .of(TrainerSettings.from(Training.config(broker, checkpoints, Training.pretrain("run", 9, "")))
                        .runs().getFirst(), stream, store, Optional.empty());
        initial = plan.initial(1, 4);
        learner = engine.call(() -> plan.open(engine, new LearnerStart.Drawn()));
        stepper = new Stepper("run", learner, BATCH * 16 * 16, 0);
    }

    @AfterEach
    void close() {
        engine.call(() -> {
            stepper.close();
            learner.close();
            return true;
        });
    }

    @Test
    void aCheckpointHoldsTheLearnerAndWhereTheRunStands() {
        final Saver saver = new Saver(learner, store, initial);
        final ImagePosition end = new ImagePosition(new StreamPosition(6, Map.of(0, 3L, 1, 5L)), 2);
        engine.call(() -> stepper.step(batch(0, end)));

        final Checkpoint saved = saver.save(1, end);

        assertThat(saver.savedStep()).isEqualTo(1);
        assertThat(store.latest("run")).contains(saved);
        assertThat(saved.state()).isEqualTo(new TrainingState("run", 1, 9, "train", 4, end.next(), 2, initial.identity(),
                initial.objective(), initial.architecture(), Optional.empty()));
        final Map<String, HostTensor> held = engine.call(learner::weights);
        assertThat(saved.weights()).containsOnlyKeys(held.keySet());
        held.forEach((name, tensor) -> assertThat(saved.weights().get(name).view()).as(name).isEqualTo(tensor.view()));
        assertThat(saved.optimizer()).containsOnlyKeys(engine.call(learner::optimizerState).keySet());
    }

    @Test
    void weightsThatAreNotFiniteAreNotSavedAndTheEarlierCheckpointStays() {
        final Saver saver = new Saver(learner, store, initial);
        saver.save(0, ImagePosition.at(4));
        final Map<String, HostTensor> spoilt = new HashMap<>(engine.call(learner::weights));
        final float[] values = spoilt.get("cls_token").floats();
        values[3] = Float.MAX_VALUE; // finite, but nothing that is computed with it is
        spoilt.put("cls_token", HostTensor.ofFloats(values, spoilt.get("cls_token").shape()));
        engine.call(() -> {
            learner.restore(spoilt, Map.of());
            final ImageBlock batch = batch(0, ImagePosition.at(4));
            learner.step(batch.pixels(), batch.sampleIds(), batch.labels(), 0).close();
            return true;
        });

        assertThatThrownBy(() -> saver.save(5, ImagePosition.at(9))).isInstanceOf(BrokenStepException.class)
                .hasMessageMatching("run run broke at step 5: weight \\S+ is not a finite number");
        assertThat(store.list("run")).singleElement().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(0L);
        assertThat(checkpoints.resolve("run")).isDirectoryNotContaining("glob:**aside*");
        assertThat(saver.savedStep()).isZero();
    }

    /** The losses of the first step are read at once, later ones with the next step. A buffer lives as long as its losses are needed. */
    @Test
    void aStepsLossesAreReadWhenTheNextStepIsOnItsWay() {
        final List<TakenStep> taken = engine.call(() -> java.util.stream.IntStream.range(0, 4)
                .mapToObj(i -> stepper.step(batch(i, ImagePosition.at(i)))).toList());

        assertThat(taken).extracting(TakenStep::number).containsExactly(1L, 2L, 3L, 4L);
        assertThat(taken).extracting(step -> step.measured().map(TrainedStep::number).orElse(0L)).containsExactly(1L, 0L, 2L, 3L);
        assertThat(taken.get(2).measured().orElseThrow().sampleIds()).containsExactly(batch(1, ImagePosition.at(1)).sampleIds());
        assertThat(engine.call(stepper::readLast).map(TrainedStep::number)).contains(4L);
        assertThat(engine.call(stepper::readLast)).isEmpty();
    }

    private ImageBlock batch(int step, ImagePosition end) {
        final long[] ids = java.util.stream.LongStream.range((long) step * BATCH, (step + 1L) * BATCH).toArray();
        return new ImageBlock(buffers().get(), ids, new int[BATCH], end);
    }

    private BlockBuffers buffers() {
        return stepper.buffers();
    }
}
