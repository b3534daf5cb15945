package retort.trainer.settings;

import retort.trainer.images.SequenceRanges;
import retort.trainer.objective.TeacherSource;
import retort.trainer.objective.WeightsSource;
import retort.trainer.objective.EncoderSettings;
import retort.trainer.pretrained.Hints;
import retort.trainer.objective.MaskSettings;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Finetune;
import retort.trainer.objective.Distill;
import retort.trainer.objective.Pretrain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.engine.EngineSettings;
import retort.trainer.objective.Augmentation;
import retort.trainer.objective.Comparison;
import retort.trainer.objective.Distance;
import retort.trainer.learn.LrSchedule;
import retort.trainer.learn.OptimizerSettings;
import retort.trainer.learn.Precision;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Mlp;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;

class TrainerSettingsTest {
    private static final String PRETRAIN = "{name = teacher, objective = pretrain}";
    private static final String FINETUNE = "{name = classifier, objective = finetune, init = \"run:student\"}";
    private static final String DISTILL = "{name = student, objective = distill, teacher = \"run:teacher\"}";

    @Test
    void theDefaultsAreThoseOfTheReference() {
        final TrainerSettings settings = parse(PRETRAIN);

        assertThat(settings.engine()).isEqualTo(new EngineSettings("auto", 0));
        assertThat(settings.checkpoints()).isEqualTo("checkpoints");
        assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.progressEvery()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.bufferBytes()).isEqualTo(64 << 20);
        assertThat(settings.brokerTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.runs())
                .containsExactly(new RunSettings("teacher", "train", new RunStart.Sequence(0), 1000, Optional.empty(), 64,
                        Optional.of(Precision.FLOAT32), 0, new EncoderSettings(384, 12, 6, 16),
                        new Pretrain.Settings(new Reconstruction(new DecoderShape(512, 8, 16), true),
                                new MaskSettings(0.75, 0)),
                        new OptimizerSettings(new LrSchedule(1.5e-4 / 4, 0, 50, 1000), 0.9, 0.95, 0.05, true, 1, 0, 1),
                        new CheckpointInterval(1000, 0), new KeepPolicy(0, 0, Set.of("*")), SequenceRanges.NONE,
                        settings.runs().getFirst().identity()));
    }

    @Test
    void theCheckpointsThatAreKeptAreChosenByRun() {
        final TrainerSettings settings = TrainerSettings.from(Settings.over(ConfigFactory.parseString(
                "trainer { keep { last = 3, every = 100 }, runs = [{name = a, objective = pretrain},"
                        + " {name = b, objective = pretrain, keep { last = 1, every = 0, best = [knn.top1] }}] }")));

        assertThat(settings.runs()).extracting(RunSettings::keep).containsExactly(new KeepPolicy(3, 100, Set.of("*")),
                new KeepPolicy(1, 0, Set.of("knn.top1")));
        assertThat(settings.runs().getFirst().identity()).as("what is kept does not shape the result")
                .isEqualTo(settings.runs().getLast().identity());
        assertThatThrownBy(() -> parse("{name = a, objective = pretrain, keep { every = 10 }}"))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("trainer.runs[0].keep.every").hasMessageContaining("set keep.last");
        assertThatThrownBy(() -> parse("{name = a, objective = pretrain, keep { best = [top1] }}"))
                .isInstanceOf(SettingException.class).hasMessageContaining("trainer.runs[0].keep.best = top1")
                .hasMessageContaining("must be SUITE.METRIC, such as knn.top1, or * for every metric");
        assertThatThrownBy(() -> parse("{name = a, objective = pretrain, keep { newest = 1 }}"))
                .isInstanceOf(SettingException.class).hasMessageContaining("unknown setting trainer.runs[0].keep.newest");
    }

    @Test
    void theDefaultsOfDistillationAreTheMethods() {
        final RunSettings run = parse(DISTILL).runs().getFirst();

        assertThat(run.objective()).isEqualTo(new Distill.Settings(
                Optional.of(new Reconstruction(new DecoderShape(512, 8, 16), true)), new MaskSettings(0.75, 0), 0,
                new TeacherSource(new WeightsSource.Run("teacher"), Optional.empty(), Hints.NONE), List.of(), Projection.FC,
                new Comparison(Distance.L1, true), 1, 1, Optional.empty()));
    }

    @Test
    void theDefaultsOfFinetuningAreMaes() {
        final RunSettings run = parse(FINETUNE).runs().getFirst();

        assertThat(run.objective()).isEqualTo(new Finetune.Settings(Optional.of(new WeightsSource.Run("student")),
                List.of(), Pooling.MEAN, 0, 0.1, 0.1, Augmentation.STANDARD, Optional.empty(), 1, 0.5, false));
        assertThat(Augmentation.STANDARD).isEqualTo(new Augmentation(0.8, 1, 1, 0.5, 0.25));
        assertThat(run.optimizer()).isEqualTo(
                new OptimizerSettings(new LrSchedule(1e-3 / 4, 1e-6, 50, 1000), 0.9, 0.999, 0.05, false, 0.75, 0, 1));
        assertThat(((Finetune.Settings) parse(
                FINETUNE.replace("}", ", teacher = \"file:/t.pth\", init = scratch, pooling = token, classes = 7}")).runs()
                .getFirst()
                .objective())).isEqualTo(new Finetune.Settings(Optional.empty(), List.of(), Pooling.CLASS, 7, 0.1, 0.1,
                        Augmentation.STANDARD,
                        Optional.of(
                                new TeacherSource(new WeightsSource.File("/t.pth", Optional.empty()), Optional.empty(),
                                        Hints.NONE)),
                        1, 0.5, false));
    }

    @Test
    void whatIsSetForAllRunsHoldsForFinetuningWhereItHasNoDefaultOfItsOwn() {
        final RunSettings run = parse("trainer.optimizer { weight-decay = 0.3, beta2 = 0.9 }, trainer.finetune.smoothing = 0.2",
                FINETUNE).runs().getFirst();

        assertThat(run.optimizer().weightDecay()).isEqualTo(0.3);
        assertThat(run.optimizer().beta2()).isEqualTo(0.999);
        assertThat(((Finetune.Settings) run.objective()).smoothing()).isEqualTo(0.2);
    }

    @Test
    void aRunsOwnKeysComeBeforeTheDefaultsForAll() {
        final TrainerSettings settings = parse("trainer.batch = 128, trainer.optimizer.clip = 2",
                "{name = a, objective = pretrain, optimizer { lr = 0.01 }}, {name = b, objective = pretrain, batch = 32, seed = 9}");

        assertThat(settings.runs()).extracting(RunSettings::batch).containsExactly(128, 32);
        assertThat(settings.runs()).extracting(RunSettings::seed).containsExactly(0L, 9L);
        assertThat(settings.runs()).extracting(run -> run.optimizer().clip()).containsExactly(2.0, 2.0);
        assertThat(settings.runs()).extracting(run -> run.optimizer().schedule().peak()).containsExactly(0.01, 1.5e-4 / 8);
    }

    @Test
    void modelsArePresetsOrShapes() {
        assertThat(parse("{name = a, objective = pretrain, model = vit_huge_patch14}").runs().getFirst().model())
                .isEqualTo(new EncoderSettings(1280, 32, 16, 14));
        assertThat(parse("{name = a, objective = pretrain, model { width = 48, depth = 4, heads = 2, patch = 4 }}").runs()
                .getFirst().model()).isEqualTo(new EncoderSettings(48, 4, 2, 4));
    }

    @Test
    void aTeacherOfSeveralInAFileIsNamedAndWhatItsTensorsDoNotTellIsSaid() {
        final TeacherSource teacher = parse("{name = a, objective = distill, teacher = \"file:/t.pth#model_ema\", teacher-model {"
                + "width = 48, depth = 4, heads = 2, patch = 4, eps = 1e-5, activation = quick-gelu}}").runs().getFirst()
                .objective().teacher().orElseThrow();

        assertThat(teacher.weights()).isEqualTo(new WeightsSource.File("/t.pth", Optional.of("model_ema")))
                .hasToString("file:/t.pth#model_ema");
        assertThat(teacher.hints())
                .isEqualTo(new Hints(OptionalInt.of(2), OptionalDouble.of(1e-5), Optional.of(Mlp.QUICK_GELU)));
        assertThatThrownBy(() -> parse("{name = a, objective = distill, teacher = \"file:/t.pth\", teacher-model {"
                + "width = 48, depth = 4, heads = 2, patch = 4, activation = relu}}")).isInstanceOf(SettingException.class)
                .hasMessageContaining("teacher-model.activation = relu");
    }

    @Test
    void checkpointsPerRunAreEvenlySpaced() {
        final CheckpointInterval five = parse("{name = a, objective = pretrain, checkpoints-per-run = 5}").runs().getFirst()
                .checkpoints();

        assertThat(java.util.stream.LongStream.rangeClosed(0, 1501).filter(step -> step <= 1501 && five.due(step, 1501)))
                .containsExactly(0L, 376L, 752L, 1128L, 1501L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'{name = a, objective = pretrain, stpes = 5}' | unknown setting trainer.runs[0].stpes",
            "'{name = a, objective = pretrain, optimizer { rate = 1 }}' | unknown setting trainer.runs[0].optimizer.rate",
            "'{name = a, objective = pretrain, decoder { with = 1 }}' | unknown setting trainer.runs[0].decoder.with",
            "'{name = a, objective = pretrain, model { width = 48 }}' | setting trainer.runs[0].model.depth is missing",
            "'{name = a, objective = pretrain, model { width = 48, depth = 2, heads = 5, patch = 4 }}' | does not divide among 5 heads",
            "'{name = a, objective = pretrain, model = resnet}' | setting trainer.runs[0].model = resnet: no preset is called resnet",
            "'{name = a, objective = guess}' | setting trainer.runs[0].objective = guess: must be one of [align, brightness, decode, distill, finetune, pretrain, relate]",
            "'{name = a}' | setting trainer.runs[0].objective is missing",
            "'{objective = pretrain}' | setting trainer.runs[0].name is missing",
            "'{name = \"a/b\", objective = pretrain}' | setting trainer.runs[0].name = a/b",
            "'{name = a, objective = distill}' | setting trainer.runs[0].teacher = \"\": must be run:NAME, file:PATH, s3://BUCKET/KEY or https://HOST/PATH",
            "'{name = a, objective = finetune}' | setting trainer.runs[0].init = \"\": must be run:NAME, file:PATH, s3://BUCKET/KEY, https://HOST/PATH or scratch",
            "'{name = a, objective = finetune, init = \"run:a\"}' | run a in trainer.runs names itself as its teacher, or as what it",
            "'{name = a, objective = finetune, init = there}' | trainer.runs[0].init = there: must be run:NAME, file:PATH, s3://BUCKET/KEY or https://HOST/PATH",
            "'{name = a, objective = finetune, init = scratch, mask-ratio = 0.5}' | unknown setting trainer.runs[0].mask-ratio",
            "'{name = a, objective = finetune, init = scratch, pooling = max}' | must be one of [avg, token]",
            "'{name = a, objective = finetune, init = scratch, optimizer.layer-decay = 2}' | must be 0.001 to 1.0",
            "'{name = a, objective = pretrain, smoothing = 0.1}' | unknown setting trainer.runs[0].smoothing",
            "'{name = a, objective = distill, teacher = \"run:a\"}' | run a in trainer.runs names itself as its teacher",
            "'{name = a, objective = pretrain}, {name = a, objective = pretrain}' | run a stands twice in trainer.runs",
            "'{name = a, objective = pretrain, start = soon}' | must be a sequence (0 or more), earliest or latest",
            "'{name = a, objective = pretrain, checkpoints-per-run = 1}' | must be 0 (by checkpoint-every) or at least 2",
            "'{name = a, objective = pretrain, batch = 9, optimizer { micro-batches = 2 }}' | must divide the batch, 9",
            "'{name = a, objective = pretrain, precision = float16}' | must be one of [auto, bfloat16, float32]",
            "'{name = a, objective = pretrain, mask-ratio = 1.5}' | trainer.runs[0].mask-ratio = 1.5: must be 0.0 to 1.0",
            "'' | setting trainer.runs = []: must list at least one run"})
    void whatIsNotAllowedStopsTheStartByName(String runs, String message) {
        assertThatThrownBy(() -> parse(runs)).isInstanceOf(SettingException.class).hasMessageContaining(message);
    }

    @Test
    void progressIsAtLeastThreeTimesALease() {
        assertThatThrownBy(() -> parse("trainer.lease = 3s, trainer.progress-every = 2s", PRETRAIN))
                .isInstanceOf(SettingException.class).hasMessageContaining("trainer.progress-every");
    }

    private static TrainerSettings parse(String runs) {
        return parse("", runs);
    }

    private static TrainerSettings parse(String more, String runs) {
        return TrainerSettings.from(Settings.over(ConfigFactory.parseString(more + "\ntrainer.runs = [" + runs + "]")));
    }
}
