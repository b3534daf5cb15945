package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import retort.broker.EmbeddedBroker;
import retort.console.StatusLine;
import retort.evaluator.feed.EvaluationFeed;
import retort.evaluator.feed.PictureFeed;
import retort.kafka.Broker;
import retort.kafka.FencedException;
import retort.kafka.From;
import retort.kafka.TopicChangedException;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Picture;
import retort.record.Promotion;
import retort.record.Rejected;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.VitShape;

class EvaluatorServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path brokerDirectory;
    private static EmbeddedBroker broker;
    private static Engine engine;

    @TempDir
    Path checkpoints;
    private Published published;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(brokerDirectory);
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
        broker.close();
    }

    @BeforeEach
    void publish() {
        published = new Published(broker, checkpoints);
    }

    @AfterEach
    void close() {
        published.close();
    }

    @Test
    void scoresWhatIsAnnouncedByEverySuiteAndTheRawPixelsBesideIt() {
        published.streams();
        final CheckpointReady checkpoint = published.checkpoint("teacher", 40, 1);

        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }

        final List<Evaluation> evaluations = evaluations();
        assertThat(evaluations).extracting(EvaluatorServiceTest::name).containsExactly("raw-pixels/0/knn", "teacher/40/knn",
                "teacher/40/reconstruction");
        assertThat(evaluations).allSatisfy(evaluation -> {
            assertThat(evaluation.getImages()).isEqualTo(30);
            assertThat(evaluation.getStream()).isEqualTo("val");
            assertThat(evaluation.getSettingsHash()).hasSize(16);
        });
        assertThat(evaluations.getFirst().getMetrics())
                .isEqualTo(Map.of("top1", 1.0, "top1.k3", 1.0, "top1.k9", 1.0));
        assertThat(evaluations.get(0).getSettingsHash()).isEqualTo(evaluations.get(1).getSettingsHash());
        assertThat(evaluations.get(1).getMetrics().get("top1")).isBetween(0.0, 1.0);
        assertThat(evaluations.get(1).getCheckpointSha256()).isEqualTo(checkpoint.getSha256());
        assertThat(evaluations.get(1).getObjective()).isEqualTo("pretrain");
        assertThat(evaluations.get(2).getMetrics().get("loss")).isPositive().isLessThan(10);
    }

    @Test
    void aRunThatWasForgottenIsScoredAndPromotedAnewByAnEvaluatorThatRuns() {
        published.streams();
        final CheckpointReady checkpoint = published.checkpoint("teacher", 40, 1);
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
            final int promotions = published.all(published.topics.promotions()).size();

            published.forget("teacher");
            assertThat(published.broker.table(published.topics.evaluations())).hasSize(1);
            published.announce(checkpoint);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(published.broker.table(published.topics.evaluations())).hasSize(3));
            assertThat(published.all(published.topics.promotions())).hasSize(2 * promotions);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"images.val", "checkpoints"})
    void aTopicThatIsDeletedWhileItWaitsForACheckpointIsNamed(String topic) {
        published.streams();
        published.checkpoint("teacher", 40, 1);
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
            delete(published.topics.prefix() + topic);
            assertThatThrownBy(() -> service.done().block(PATIENCE)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + published.topics.prefix() + topic + " ").hasMessageContaining("deleted");
        }
        assertThat(published.broker.find(published.topics.prefix() + topic)).as("not made again").isEmpty();
    }

    @Test
    void theEvaluationsThatGoAreNamedByTheEvaluatorAndByItsSubscribers() {
        published.streams();
        published.checkpoint("teacher", 40, 1);
        final String topic = published.topics.evaluations().name();
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
            final Mono<Void> subscriber = new EvaluationFeed(published.broker).subscribe(From.EARLIEST)
                    .doOnNext(event -> {
                        if (event.value() != null && event.value().getSuite().equals("reconstruction"))
                            delete(topic);
                    }).then();
            assertThatThrownBy(() -> subscriber.block(PATIENCE)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + topic + " at ")
                    .hasMessageContaining("was deleted while this process used it");
            assertThatThrownBy(() -> service.done().block(PATIENCE)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + topic + " ");
        }
    }

    private void delete(String topic) {
        published.broker.ask(admin -> Broker.await(admin.deleteTopics(List.of(topic)).all()));
    }

    /** Covers the whole way from pixels on topics to the figure that papers report. */
    @Test
    void scoresAClassifierByHowOftenItIsRightWhateverTheNumbersOfItsClasses() {
        published.complete(published.stream("val", 30, 1000, List.of("bottom", "top")));
        published.complete(published.stream("probe", 60, 0));
        published.stream("train", 900, 5000);
        final String model = "model = {width = 24, depth = 2, heads = 2, patch = 2}, batch = 10, checkpoints-per-run = 2";
        final Config config = Settings.load(Optional.empty(), List.of(
                "kafka.bootstrap.servers=" + broker.bootstrapServers(), "topics.prefix=" + published.topics.prefix(),
                "trainer.checkpoints=\"" + checkpoints + "\"", "trainer.optimizer.lr=4.0e-3",
                "trainer.decoder={width = 16, depth = 1, heads = 2}",
                "trainer.runs=[{name = teacher, objective = pretrain, steps = 5, " + model + "},"
                        + "{name = classifier, objective = finetune, init = \"run:teacher\", steps = 80, mixup = 0, " + model
                        + "}]"));
        try (TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
            trainer.done().block(PATIENCE);
        }

        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }

        final Map<String, Evaluation> byName = evaluations().stream()
                .collect(Collectors.toMap(EvaluatorServiceTest::name, evaluation -> evaluation));
        assertThat(byName).containsOnlyKeys("raw-pixels/0/knn", "teacher/0/knn", "teacher/0/reconstruction", "teacher/5/knn",
                "teacher/5/reconstruction", "classifier/0/knn", "classifier/0/classification", "classifier/80/knn",
                "classifier/80/classification");
        final Evaluation last = byName.get("classifier/80/classification");
        assertThat(last.getMetrics()).containsOnlyKeys("top1", "loss", "ece");
        assertThat(last.getClassAccuracy()).containsOnlyKeys("top", "bottom");
        assertThat(last.getMetrics().get("top1")).isGreaterThan(0.9);
        assertThat(last.getMetrics().get("loss")).isLessThan(byName.get("classifier/0/classification").getMetrics().get("loss"));
        assertThat(byName.get("classifier/0/classification").getMetrics().get("loss")).as("undecided among three")
                .isCloseTo(Math.log(3), within(0.01));
        assertThat(byName.get("classifier/0/classification").getConfusions()).isNotEmpty();
        assertThat(last.getImages()).isEqualTo(30);
        assertThat(last.getObjective()).isEqualTo("finetune");
        assertThat(last.getSettingsHash()).hasSize(16);
        assertThat(published.all(published.topics.rejected())).isEmpty();
    }

    /** The whole way: a teacher and a student are trained, and the student's distance is measured with the teacher that it had. */
    @Test
    void theDistanceToTheTeacherFallsAndATeacherThatIsGoneIsAnError() throws IOException {
        published.streams();
        published.stream("train", 900, 5000);
        final String model = "batch = 10, checkpoints-per-run = 2";
        try (TrainerService trainer = TrainerService.start(Settings.load(Optional.empty(), List.of(
                "kafka.bootstrap.servers=" + broker.bootstrapServers(), "topics.prefix=" + published.topics.prefix(),
                "trainer.checkpoints=\"" + checkpoints + "\"", "trainer.optimizer.lr=4.0e-3",
                "trainer.decoder={width = 16, depth = 1, heads = 2}",
                "trainer.runs=[{name = teacher, objective = pretrain, steps = 10, model = {width = 24, depth = 4, heads = 2, patch = 2}, "
                        + model + "}, {name = student, objective = distill, teacher = \"run:teacher\", steps = 40,"
                        + " model = {width = 16, depth = 3, heads = 2, patch = 2}, student-blocks = [0, 2], teacher-blocks = [1, 3], "
                        + model + "}]")),
                engine, StatusLine.SILENT)) {
            trainer.done().block(PATIENCE);
        }
        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[align]")) {
            service.caughtUp().block(PATIENCE);
        }

        final List<Evaluation> scores = evaluations();
        assertThat(scores).extracting(EvaluatorServiceTest::name).containsExactly("student/0/align", "student/40/align");
        for (final Evaluation score : scores) {
            assertThat(score.getMetrics()).containsOnlyKeys("distance", "distance.0-1", "distance.2-3");
            assertThat(score.getMetrics().get("distance")).isPositive()
                    .isCloseTo(score.getMetrics().get("distance.0-1") + score.getMetrics().get("distance.2-3"), within(1e-9));
            assertThat(score.getImages()).isEqualTo(30);
        }
        assertThat(scores.getLast().getMetrics().get("distance")).isLessThan(scores.getFirst().getMetrics().get("distance"));

        Files.move(checkpoints.resolve("teacher"), checkpoints.resolve("elsewhere"));
        final List<Evaluation> gone = anew(1);
        assertThat(gone).filteredOn(score -> score.getSuite().equals("align")).hasSize(2).allSatisfy(score -> {
            assertThat(score.getError()).startsWith("its distance to its teacher cannot be measured: ")
                    .contains("there is no checkpoint of teacher");
            assertThat(score.getMetrics()).isEmpty();
        });
        assertThat(gone).as("the other suites go on")
                .filteredOn(score -> score.getRun().equals("student") && score.getSuite().equals("reconstruction")).hasSize(2)
                .allSatisfy(score -> assertThat(score.getError()).isNull());

        final Path student = Path.of(URI.create(published.broker.table(published.topics.checkpoints()).values().stream()
                .filter(saved -> saved.getRun().equals("student") && saved.getStep() == 40).findFirst().orElseThrow().getUri()));
        Files.delete(student.resolveSibling("checkpoint.json"));
        assertThat(anew(2)).filteredOn(score -> name(score).equals("student/40/align")).singleElement()
                .satisfies(score -> assertThat(score.getError()).contains("there is no state of a run beside"));
    }

    /** What is published when the checkpoints are scored under settings of their own. */
    private List<Evaluation> anew(int seed) {
        final int before = evaluations().size();
        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[align, reconstruction]",
                "evaluator.align.mask-seed=" + seed, "evaluator.reconstruction.mask-seed=" + seed)) {
            service.caughtUp().block(PATIENCE);
        }
        final List<Evaluation> all = evaluations();
        return all.subList(before, all.size());
    }

    @Test
    void scoresNothingTwiceWhateverIsRestartedOrAnnouncedAgain() {
        published.streams();
        final CheckpointReady first = published.checkpoint("student", 0, 1);
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
            published.announce(first);
            published.checkpoint("student", 10, 2);
            service.caughtUp().block(PATIENCE);
        }

        published.checkpoint("student", 20, 3);
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }

        assertThat(evaluations()).extracting(EvaluatorServiceTest::name).containsExactly("raw-pixels/0/knn",
                "student/0/knn", "student/0/reconstruction", "student/10/knn", "student/10/reconstruction",
                "student/20/knn", "student/20/reconstruction");
    }

    @Test
    void scoresOtherWeightsOfTheSameStepAndOtherSettingsAnew() {
        published.streams();
        published.checkpoint("student", 0, 1);
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }
        published.checkpoint("student", 0, 2);
        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.knn.k=3", "evaluator.suites=[knn]")) {
            service.caughtUp().block(PATIENCE);
        }

        final List<Evaluation> evaluations = evaluations();
        assertThat(evaluations).extracting(EvaluatorServiceTest::name).containsExactly("raw-pixels/0/knn", "student/0/knn",
                "student/0/reconstruction", "raw-pixels/0/knn", "student/0/knn");
        assertThat(evaluations.get(4).getSettingsHash()).isNotEqualTo(evaluations.get(1).getSettingsHash());
        assertThat(published.all(published.topics.rejected())).as("weights that others have replaced").isEmpty();
    }

    @Test
    void rejectsCheckpointsThatAreNotWhatWasAnnouncedAndGoesOn() throws IOException {
        published.streams();
        final CheckpointReady missing = published.saved("run", 1, 1);
        Files.delete(file(missing));
        final CheckpointReady damaged = published.saved("run", 2, 2);
        final byte[] bytes = Files.readAllBytes(file(damaged));
        bytes[bytes.length / 2] ^= 1;
        Files.write(file(damaged), bytes);
        final CheckpointReady another = change(published.saved("run", 3, 3),
                builder -> builder.setArchitecture(Published.architecture(new VitShape(8, 2, 1, 32, 2, 2))));
        final CheckpointReady larger = change(published.saved("run", 4, 4),
                builder -> builder.setArchitecture(Published.architecture(new VitShape(16, 2, 1, 16, 2, 2))));
        final CheckpointReady elsewhere = change(published.saved("run", 5, 5), builder -> builder.setUri("s3://bucket/weights"));
        Stream.of(missing, damaged, another, larger, elsewhere).forEach(published::announce);
        published.checkpoint("run", 6, 6);

        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }

        final Map<Boolean, List<Evaluation>> evaluations = evaluations().stream()
                .collect(Collectors.partitioningBy(evaluation -> evaluation.getError() != null));
        assertThat(evaluations.get(false)).extracting(EvaluatorServiceTest::name).containsExactly("raw-pixels/0/knn", "run/6/knn",
                "run/6/reconstruction");
        assertThat(evaluations.get(true)).as("no gap is silent").extracting(EvaluatorServiceTest::name).containsExactly(
                "run/1/knn",
                "run/1/reconstruction", "run/2/knn", "run/2/reconstruction", "run/3/knn", "run/3/reconstruction", "run/4/knn",
                "run/4/reconstruction", "run/5/knn", "run/5/reconstruction");
        assertThat(evaluations.get(true).getFirst().getError()).contains("no file").contains("step-1.safetensors");
        assertThat(evaluations.get(true)).allSatisfy(error -> assertThat(error.getMetrics()).isEmpty());
        final List<Rejected> rejected = published.all(published.topics.rejected());
        assertThat(rejected).extracting(Rejected::getWhat).containsExactly("run/1", "run/2", "run/3", "run/4", "run/5");
        assertThat(rejected).extracting(Rejected::getReason).satisfiesExactly(
                reason -> assertThat(reason).contains("no file").contains("step-1.safetensors"),
                reason -> assertThat(reason).contains("SHA-256").contains(damaged.getSha256()),
                reason -> assertThat(reason).contains("do not fit the model").contains("cls_token"),
                reason -> assertThat(reason).contains("16x16x1").contains("8x8x1"),
                reason -> assertThat(reason).contains("s3://bucket/weights"));
        assertThat(rejected).extracting(Rejected::getSource).containsOnly("evaluator/" + published.topics.checkpoints().name());
    }

    @Test
    void anErrorIsPublishedOnceAndIsReplacedWhenTheCheckpointIsBack() throws IOException {
        published.streams();
        final CheckpointReady checkpoint = published.saved("run", 1, 1);
        final Path away = file(checkpoint).resolveSibling("away");
        Files.move(file(checkpoint), away);
        published.announce(checkpoint);
        for (int start = 0; start < 2; start++)
            try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]", "evaluator.yardstick=false")) {
                service.caughtUp().block(PATIENCE);
            }
        assertThat(evaluations()).extracting(Evaluation::getError).singleElement().asString().contains("no file");
        assertThat(published.all(published.topics.rejected())).hasSize(1);

        Files.move(away, file(checkpoint));
        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]", "evaluator.yardstick=false")) {
            service.caughtUp().block(PATIENCE);
        }

        assertThat(evaluations()).hasSize(2);
        assertThat(evaluations().getLast().getError()).isNull();
        assertThat(published.broker.table(published.topics.evaluations())).as("the latest of each key").hasSize(1);
    }

    /** Matched by number, {@code bottom} of the validation images would be {@code middle} of the bank, and k-NN would score 0.5. */
    @Test
    void classesAreMatchedByNameAndImagesWithoutALabelAreNotScored() {
        published.unlabelled = id -> id % 10 == 9;
        published.complete(published.stream("val", 30, 1000, List.of("top", "bottom")));
        published.complete(published.stream("probe", 60, 0));

        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]")) {
            await().atMost(PATIENCE).until(() -> !evaluations().isEmpty());
            service.caughtUp().block(PATIENCE);
        }

        assertThat(evaluations()).singleElement().satisfies(pixels -> {
            assertThat(pixels.getMetrics().get("top1")).isEqualTo(1);
            assertThat(pixels.getImages()).isEqualTo(27);
        });
    }

    /** The class of an image is a bright stripe, so a linear layer on the pixels tells all classes apart. */
    @Test
    void trainsALinearProbeOnTheLastCheckpointOfARunAndOnTheRawPixels() {
        published.complete(published.stream("val", 30, 1000, List.of("top", "bottom")));
        published.complete(published.stream("probe", 60, 0));
        published.checkpoint("run", 50, 1);
        published.checkpoint("run", 100, 2);

        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[linear]",
                "evaluator.linear.feature-memory=4KiB", "evaluator.linear.feature-folder=" + checkpoints)) {
            service.caughtUp().block(PATIENCE);
        }

        final List<Evaluation> evaluations = evaluations();
        assertThat(evaluations).extracting(EvaluatorServiceTest::name).containsExactly("raw-pixels/0/linear", "run/50/linear",
                "run/100/linear");
        assertThat(evaluations.get(1).getPassedOver())
                .isEqualTo("evaluator.linear.checkpoints = last, and the run goes on to step 100");
        assertThat(evaluations.getFirst().getMetrics().get("top1")).isEqualTo(1);
        assertThat(evaluations.getFirst().getClassAccuracy()).isEqualTo(Map.of("top", 1.0, "bottom", 1.0));
        assertThat(evaluations.getLast().getMetrics()).containsOnlyKeys("top1", "loss", "ece");
        assertThat(checkpoints.toFile().list()).as("no file of features is left").containsExactly("run");
    }

    @Test
    void everyNthCheckpointIsScoredAndTheOthersAreToldOnce() {
        published.streams();
        for (final long step : new long[]{0, 10, 20, 30, 100})
            published.checkpoint("run", step, step);
        for (int start = 0; start < 2; start++)
            try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn, reconstruction]",
                    "evaluator.knn.every=20", "evaluator.reconstruction.pictures=0")) {
                service.caughtUp().block(PATIENCE);
            }

        assertThat(scored("knn")).containsExactly("run/0", "run/20", "run/100");
        assertThat(passedOver("knn")).containsExactly("run/10", "run/30");
        assertThat(scored("reconstruction")).containsExactly("run/0", "run/10", "run/20", "run/30", "run/100");
        assertThat(new EvaluationFeed(published.broker).present()).as("subscribers see scores").allMatch(
                evaluation -> evaluation.getPassedOver() == null);
        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]")) {
            service.caughtUp().block(PATIENCE);
        }
        assertThat(scored("knn")).as("other settings").containsExactly("run/0", "run/20", "run/100", "run/10", "run/30");
    }

    @Test
    void onlyRunsOfTheObjectivesThatASuiteNamesAreScored() {
        published.streams();
        published.checkpoint("run", 100, 1);
        for (final String objectives : List.of("[finetune]", "[finetune, pretrain]"))
            try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]",
                    "evaluator.knn.objectives=" + objectives)) {
                service.caughtUp().block(PATIENCE);
            }

        assertThat(evaluations()).filteredOn(each -> each.getPassedOver() != null).singleElement()
                .returns("evaluator.knn.objectives does not have pretrain", Evaluation::getPassedOver);
        assertThat(scored("knn")).containsExactly("run/100");
        assertThatThrownBy(() -> evaluator(StatusLine.SILENT, "evaluator.suites=[knn]", "evaluator.knn.objectives=[mae]"))
                .isInstanceOf(SettingException.class).hasMessageContaining("evaluator.knn.objectives = [mae]")
                .hasMessageContaining("pretrain");
    }

    @Test
    void onlyTheLatestOfARunIsScoredWhereSeveralWait() {
        published.streams();
        for (final long step : new long[]{0, 10, 20})
            published.checkpoint("run", step, step);
        published.checkpoint("other", 10, 7);

        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]",
                "evaluator.knn.checkpoints=latest")) {
            service.caughtUp().block(PATIENCE);
            published.checkpoint("run", 30, 30);
            service.caughtUp().block(PATIENCE);
        }

        assertThat(scored("knn")).containsExactly("run/20", "other/10", "run/30");
        assertThat(passedOver("knn")).containsExactly("run/0", "run/10");
    }

    @Test
    void aSubsetIsTheSameForEveryCheckpointAndHasAHashOfItsOwn() {
        published.streams();
        published.checkpoint("run", 0, 1);
        for (final String subset : List.of("0", "11", "11"))
            try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn]",
                    "evaluator.knn.subset=" + subset)) {
                service.caughtUp().block(PATIENCE);
            }

        final List<Evaluation> scores = evaluations().stream().filter(each -> each.getRun().equals("run")).toList();
        assertThat(scores).extracting(Evaluation::getImages).containsExactly(30L, 11L);
        assertThat(scores.get(0).getSettingsHash()).isNotEqualTo(scores.get(1).getSettingsHash());
    }

    private List<String> scored(String suite) {
        return evaluations().stream().filter(each -> each.getSuite().equals(suite) && !each.getMetrics().isEmpty()
                && !each.getRun().equals("raw-pixels")).map(each -> each.getRun() + "/" + each.getStep()).toList();
    }

    private List<String> passedOver(String suite) {
        return evaluations().stream().filter(each -> each.getSuite().equals(suite) && each.getPassedOver() != null)
                .map(each -> each.getRun() + "/" + each.getStep()).toList();
    }

    @Test
    void aClassThatTheBankDoesNotKnowIsAnError() {
        published.complete(published.stream("val", 30, 1000, List.of("bottom", "left", "top")));
        published.complete(published.stream("probe", 60, 0));
        published.checkpoint("run", 0, 1);

        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.suites=[knn, reconstruction]")) {
            service.caughtUp().block(PATIENCE);
        }

        assertThat(evaluations()).extracting(EvaluatorServiceTest::name).containsExactly("run/0/knn", "run/0/reconstruction");
        assertThat(evaluations().getFirst().getError()).isEqualTo("stream val has classes that stream probe has not: left; "
                + "known there are top, middle, bottom; give both sources the same names of classes");
        assertThat(evaluations().getLast().getError()).isNull();
    }

    @Test
    void passesOverACheckpointThatWasDeleted() throws IOException {
        published.streams();
        published.delete(published.checkpoint("run", 1, 1));
        published.checkpoint("run", 2, 2);

        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }

        assertThat(evaluations()).extracting(EvaluatorServiceTest::name).containsExactly("raw-pixels/0/knn", "run/2/knn",
                "run/2/reconstruction");
        assertThat(published.all(published.topics.rejected())).isEmpty();
    }

    @Test
    void waitsForStreamsToBeCompleteAndReadsThemToTheirEnd() {
        published.checkpoint("run", 0, 1);
        final var val = published.stream("val", 30, 1000);
        final var probe = published.stream("probe", 60, 0);
        final ConcurrentLinkedQueue<String> shown = new ConcurrentLinkedQueue<>();

        try (EvaluatorService service = evaluator(shown::add)) {
            await().atMost(PATIENCE).until(() -> shown.contains("waits for stream val to be complete"));
            published.complete(val);
            await().atMost(PATIENCE).until(() -> shown.contains("waits for stream probe to be complete"));
            assertThat(evaluations()).isEmpty();
            published.complete(probe);
            service.caughtUp().block(PATIENCE);
        }

        assertThat(evaluations()).extracting(Evaluation::getImages).containsExactly(30L, 30L, 30L);
    }

    @Test
    void largeStreamsAreReadAgainInsteadOfKeptAndScoreTheSame() {
        published.streams();
        published.checkpoint("held", 0, 1);
        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }
        published.checkpoint("read", 0, 1);
        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.held-pixels=0", "evaluator.batch=7",
                "evaluator.knn.bank-block=9")) {
            service.caughtUp().block(PATIENCE);
        }

        final List<Evaluation> evaluations = evaluations();
        assertThat(evaluations).hasSize(5);
        assertThat(evaluations.get(3).getMetrics()).isEqualTo(evaluations.get(1).getMetrics());
        assertThat(evaluations.get(4).getMetrics().get("loss")).isCloseTo(evaluations.get(2).getMetrics().get("loss"),
                within(1e-5));
    }

    @Test
    void promotesTheBestCheckpointOfARunByEverySuite() {
        published.streams();
        for (int step = 0; step < 4; step++)
            published.checkpoint("run", step, step);

        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            service.caughtUp().block(PATIENCE);
        }

        final List<Promotion> promotions = published.all(published.topics.promotions());
        final List<Double> top1 = values(promotions, "knn.top1");
        final List<Double> losses = values(promotions, "reconstruction.loss");
        assertThat(top1).isSorted().doesNotHaveDuplicates().endsWith(figures("knn", "top1").max().orElseThrow());
        assertThat(losses).isSortedAccordingTo(Comparator.reverseOrder()).doesNotHaveDuplicates()
                .endsWith(figures("reconstruction", "loss").min().orElseThrow());
        assertThat(promotions).hasSize(top1.size() + losses.size());
    }

    private static List<Double> values(List<Promotion> promotions, String metric) {
        return promotions.stream().filter(promotion -> promotion.getMetric().equals(metric)).map(Promotion::getValue).toList();
    }

    private DoubleStream figures(String suite, String metric) {
        return evaluations().stream().filter(evaluation -> name(evaluation).matches("run/./" + suite))
                .mapToDouble(evaluation -> evaluation.getMetrics().get(metric));
    }

    @Test
    void publishesAPictureOfTheSameImagesForEveryCheckpoint() throws IOException {
        published.streams();
        published.checkpoint("run", 9, 1);
        final CheckpointReady last = published.checkpoint("run", 10, 2);
        final PictureFeed feed = new PictureFeed(published.broker);

        try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.reconstruction.pictures=4")) {
            service.caughtUp().block(PATIENCE);
        }

        assertThat(feed.keys()).containsExactly("run/9/reconstruction", "run/10/reconstruction");
        final Picture picture = feed.last("run", "reconstruction").orElseThrow();
        assertThat(picture.getStep()).as("10 is after 9").isEqualTo(10);
        assertThat(picture.getCheckpointSha256()).isEqualTo(last.getSha256());
        assertThat(picture.getSettingsHash()).isEqualTo(evaluations().getLast().getSettingsHash());
        assertThat(picture.getRows()).containsExactly("original", "masked", "reconstruction", "difference");
        assertThat(picture.getSampleIds()).hasSize(4).doesNotHaveDuplicates().allMatch(id -> id >= 1000 && id < 1030)
                .isEqualTo(feed.find("run", 9, "reconstruction").orElseThrow().getSampleIds());
        final var image = ImageIO.read(new ByteArrayInputStream(PictureFeed.png(picture)));
        assertThat(image.getWidth()).isEqualTo(picture.getWidth()).isEqualTo(4 * (96 + 4) + 4);
        assertThat(image.getHeight()).isEqualTo(picture.getHeight()).isEqualTo(4 * (96 + 4) + 4);
        final long first = picture.getSampleIds().getFirst();
        assertThat(image.getRaster().getSample(4 + 6, 4 + 6, 0)).as("the first pixel of the first drawn image")
                .isEqualTo(Published.pixels(first, (int) (first % Published.CLASSES))[0] & 0xFF);
        assertThat(feed.last("another", "reconstruction")).isEmpty();
    }

    /** Pictures do not shape the result, so turning them off does not score anything anew. */
    @Test
    void noPicturesAreNoOtherSettings() {
        published.streams();
        published.checkpoint("run", 9, 1);
        for (final int pictures : new int[]{0, 4})
            try (EvaluatorService service = evaluator(StatusLine.SILENT, "evaluator.reconstruction.pictures=" + pictures)) {
                service.caughtUp().block(PATIENCE);
            }

        assertThat(new PictureFeed(published.broker).keys()).isEmpty();
        assertThat(evaluations()).hasSize(3);
    }

    @Test
    void aSecondEvaluatorOfTheSameIdStopsTheFirst() {
        published.streams();
        try (EvaluatorService first = evaluator(StatusLine.SILENT)) {
            published.checkpoint("run", 0, 0);
            first.caughtUp().block(PATIENCE);
            try (EvaluatorService second = evaluator(StatusLine.SILENT, "evaluator.knn.k=7")) {
                second.caughtUp().block(PATIENCE);
                published.checkpoint("run", 1, 1);
                StepVerifier.create(first.done()).expectError(FencedException.class).verify(PATIENCE);
            }
        }
    }

    @Test
    void subscribersGetEvaluationsAsTheyArePublished() {
        published.streams();
        final EvaluationFeed feed = new EvaluationFeed(published.broker);

        try (EvaluatorService service = evaluator(StatusLine.SILENT)) {
            StepVerifier.create(feed.subscribe(From.EARLIEST).map(event -> event.key().replaceFirst("/[^/]*$", "")))
                    .expectNext("raw-pixels/0/knn")
                    .then(() -> published.checkpoint("run", 0, 1))
                    .expectNext("run/0/knn", "run/0/reconstruction")
                    .thenCancel().verify(PATIENCE);
            service.caughtUp().block(PATIENCE);
            assertThat(feed.present()).hasSize(3);
        }
    }

    private EvaluatorService evaluator(StatusLine line, String... overrides) {
        final List<String> all = Stream.concat(Stream.of("kafka.bootstrap.servers=" + broker.bootstrapServers(),
                "topics.prefix=" + published.topics.prefix(), "evaluator.knn.k=5",
                "evaluator.knn.more-k=[9, 3]", "evaluator.batch=16"), Stream.of(overrides))
                .toList();
        final Config config = Settings.load(Optional.empty(), all);
        return EvaluatorService.start(config, engine, line);
    }

    private List<Evaluation> evaluations() {
        return published.all(published.topics.evaluations());
    }

    private static String name(Evaluation evaluation) {
        return evaluation.getRun() + "/" + evaluation.getStep() + "/" + evaluation.getSuite();
    }

    private static Path file(CheckpointReady checkpoint) {
        return Path.of(java.net.URI.create(checkpoint.getUri()));
    }

    private static CheckpointReady change(CheckpointReady checkpoint, UnaryOperator<CheckpointReady.Builder> change) {
        return change.apply(CheckpointReady.newBuilder(checkpoint)).build();
    }
}
