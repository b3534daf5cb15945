package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
import retort.trainer.images.SequenceRanges;
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
    private Saver saver;
    private final List<Checkpoint> announced = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() {
        store = new CheckpointStore(checkpoints);
        final RunPlan plan = RunPlan
                .of(TrainerSettings.from(Training.config(broker, checkpoints, Training.pretrain("run", 9, "")))
                        .runs().getFirst(), stream, store, retort.place.Places.standard(), Optional.empty());
        initial = plan.initial(1, 4);
        learner = engine.call(() -> plan.open(engine, new LearnerStart.Drawn()));
        stepper = new Stepper("run", learner, BATCH * 16 * 16, 0);
        saver = new Saver(engine, learner, store, announced::add, initial);
    }

    @AfterEach
    void close() {
        saver.close();
        engine.call(() -> {
            stepper.close();
            learner.close();
            return true;
        });
    }

    @Test
    void aCheckpointHoldsTheLearnerAndWhereTheRunStands() {
        final ImagePosition end = new ImagePosition(new StreamPosition(6, Map.of(0, 3L, 1, 5L)), 2);
        engine.call(() -> stepper.step(batch(0, end)));

        saver.begin(1, end, System.nanoTime());
        saver.await();

        assertThat(saver.begunStep()).isEqualTo(1);
        final Checkpoint saved = announced.getFirst();
        assertThat(store.latest("run")).contains(saved);
        assertThat(saved.state())
                .isEqualTo(new TrainingState("run", 1, 9, "train", 4, end.next(), 2, SequenceRanges.NONE, initial.identity(),
                        initial.objective(), initial.architecture(), Optional.empty()));
        final Map<String, HostTensor> held = engine.call(learner::weights);
        assertThat(saved.weights()).containsOnlyKeys(held.keySet());
        held.forEach((name, tensor) -> assertThat(saved.weights().get(name).view()).as(name).isEqualTo(tensor.view()));
        assertThat(saved.optimizer()).containsOnlyKeys(engine.call(learner::optimizerState).keySet());
    }

    @Test
    void weightsThatAreNotFiniteAreNotSavedAndTheEarlierCheckpointStays() {
        saver.begin(0, ImagePosition.at(4), System.nanoTime());
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

        saver.begin(5, ImagePosition.at(9), System.nanoTime());

        assertThatThrownBy(saver::await).isInstanceOf(BrokenStepException.class)
                .hasMessageMatching("run run broke at step 5: weight \\S+ is not a finite number");
        assertThatThrownBy(() -> saver.failed().block(Training.PATIENCE)).isInstanceOf(BrokenStepException.class);
        assertThatThrownBy(() -> saver.begin(6, ImagePosition.at(10), System.nanoTime())).isInstanceOf(BrokenStepException.class);
        assertThat(store.list("run")).singleElement().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(0L);
        assertThat(checkpoints.resolve("run")).isDirectoryNotContaining("glob:**aside*");
        assertThat(announced).singleElement().extracting(checkpoint -> checkpoint.state().step()).isEqualTo(0L);
    }

    /** The checkpoint is being announced, and the copy is written over only when that is done. */
    @Test
    void stepsGoOnWhileACheckpointIsWrittenAndTheNextCheckpointWaitsForIt() throws Exception {
        final Map<String, HostTensor> before = engine.call(learner::weights);
        final CountDownLatch mayAnnounce = new CountDownLatch(1);
        try (Saver slow = new Saver(engine, learner, store, checkpoint -> {
            awaitQuietly(mayAnnounce);
            announced.add(checkpoint);
        }, initial)) {
            slow.begin(0, ImagePosition.at(4), System.nanoTime());
            engine.call(() -> stepper.step(batch(0, ImagePosition.at(5)))); // with a learning rate of 0, see warm-up
            engine.call(() -> stepper.step(batch(1, ImagePosition.at(6))));
            final CompletableFuture<Duration> second = CompletableFuture
                    .supplyAsync(() -> slow.begin(2, ImagePosition.at(6), System.nanoTime()));
            await().until(() -> !store.list("run").isEmpty());
            assertThat(second).isNotDone();
            assertThat(announced).isEmpty();
            mayAnnounce.countDown();
            assertThat(second.get(1, TimeUnit.MINUTES)).isPositive();
            slow.await();
        }
        assertThat(announced).extracting(checkpoint -> checkpoint.state().step()).containsExactly(0L, 2L);
        before.forEach((name, tensor) -> assertThat(announced.getFirst().weights().get(name).view()).as(name)
                .isEqualTo(tensor.view()));
        final Map<String, HostTensor> after = engine.call(learner::weights);
        assertThat(after.get("cls_token").view()).isNotEqualTo(before.get("cls_token").view());
        after.forEach((name, tensor) -> assertThat(announced.getLast().weights().get(name).view()).as(name)
                .isEqualTo(tensor.view()));
    }

    @Test
    void whatIsBeingWrittenIsFinishedWhenTheSaverIsClosed() {
        try (Saver closed = new Saver(engine, learner, store, announced::add, initial)) {
            closed.begin(0, ImagePosition.at(4), System.nanoTime());
        }

        assertThat(announced).hasSize(1);
        assertThat(store.latest("run")).contains(announced.getFirst());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
