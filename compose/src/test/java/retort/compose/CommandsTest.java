package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import retort.broker.EmbeddedBroker;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.record.Evaluation;

/** Runs the commands that read a broker, in processes of their own, and checks the help of every command. */
class CommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String PREFIX = SharedBroker.freshPrefix();

    @TempDir
    private static Path directory;

    @BeforeAll
    static void publishes() {
        publish(Broker.at(SharedBroker.bootstrapServers(), PREFIX));
    }

    private static void publish(Broker broker) {
        broker.ensureEventTopics();
        try (RecordSink sink = broker.sink("test", 1 << 20)) {
            for (final Evaluation each : List.of(evaluation("teacher", 100, "knn", 0.5), evaluation("student", 100, "knn", 0.25),
                    evaluation("student", 200, "knn", 0.75), evaluation("student", 200, "reconstruction", Double.NaN)))
                sink.send(broker.topics().evaluations(), each).block(PATIENCE);
        }
    }

    private static Evaluation evaluation(String run, long step, String suite, double top1) {
        return Evaluation.newBuilder().setRun(run).setStep(step).setSuite(suite).setSettingsHash("00ff")
                .setMetrics(Map.of("top1", top1))
                .setImages(10).setDurationMillis(5).setCheckpointSha256("ab").setObjective("distill, \"first\"").setStream("val")
                .setAt(Instant.ofEpochMilli(step)).build();
    }

    @Test
    void everyCommandHasHelpWithExamplesAndExitCodes() {
        final List<String> names = new ArrayList<>(Retort.commands().getSubcommands().keySet());
        names.removeAll(List.of("help", "bench")); // bench has commands of its own, which its module tests
        assertThat(names).contains("local", "ingest", "train", "evaluate", "evaluations", "topics", "settings", "export", "kafka",
                "info");
        for (final String name : names) {
            final StringWriter out = new StringWriter();
            final CommandLine commands = Retort.handled(Retort.commands()).setOut(new PrintWriter(out));
            assertThat(commands.execute(name, "--help")).isZero();
            assertThat(out.toString()).as(name).contains("Usage: retort " + name, "Examples:", "  retort " + name, "Exit codes:",
                    "2   wrong usage");
        }
    }

    @Test
    void aMisspeltCommandIsAnsweredWithTheNearest() throws Exception {
        assertThat(run(2, "evalutions").err()).contains("no command named evalutions: did you mean evaluations?");
        assertThat(run(2, "kafka", "--", "topic").err()).contains("no tool of Kafka's named topic: did you mean topics?");
        assertThat(run(2, "topics", "--set", prefix(), "--set", served(), "evaluation").err())
                .contains("no topic named evaluation", PREFIX + "evaluations");
    }

    @Test
    void evaluationsAreFilteredAndPrintedInEachFormat() throws Exception {
        final List<String> json = evaluations("--run", "student", "--since", "200").lines().toList();
        assertThat(json).hasSize(2).allMatch(line -> line.contains("\"step\":200"));
        assertThat(new ObjectMapper().readTree(json.getFirst()).at("/run").asText()).isEqualTo("student");

        assertThat(evaluations("--suite", "knn", "--format", "csv").lines()).containsExactly(
                "at,run,objective,step,suite,metric,value,images,stream,settingsHash",
                "1970-01-01T00:00:00.100Z,teacher,\"distill, \"\"first\"\"\",100,knn,top1,0.5,10,val,00ff",
                "1970-01-01T00:00:00.100Z,student,\"distill, \"\"first\"\"\",100,knn,top1,0.25,10,val,00ff",
                "1970-01-01T00:00:00.200Z,student,\"distill, \"\"first\"\"\",200,knn,top1,0.75,10,val,00ff");

        assertThat(evaluations("--run", "student", "--format", "table")).contains("0.2500", "0.7500").doesNotContain("teacher");
        assertThat(run(2, "evaluations", "--format", "xml").err()).containsIgnoringCase("table, json, csv");
    }

    @Test
    void evaluationsThatAreFollowedComeWhileTheCommandRuns() throws Exception {
        try (RetortProcess retort = RetortProcess.start(directory, "evaluations", "--follow", "--run", "student", "--format",
                "csv", "--set",
                served(), "--set", prefix())) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(retort.out().lines()).hasSize(4).first().asString().startsWith("at,run"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(retort.err()).containsOnlyOnce("the history ends here"));
            retort.terminate();
            assertThat(retort.await(PATIENCE)).isZero();
        }
    }

    @Test
    void evaluationsOfALocalFolderNeedNoBroker() throws Exception {
        final Path data = directory.resolve("run");
        try (EmbeddedBroker broker = EmbeddedBroker.start(data.resolve("kafka"))) {
            publish(Broker.at(broker.bootstrapServers(), "retort."));
        }
        assertThat(run(0, "evaluations", "--data", data.toString(), "--run", "teacher").out().lines()).singleElement().asString()
                .contains("\"top1\":0.5");
        assertThat(run(1, "evaluations", "--data", directory.resolve("nothing").toString()).err()).contains("nothing",
                "no folder of a local run");
    }

    /** The image has the services' jars alone. */
    @Test
    void whereThereIsNoBrokerOfItsOwnTheCommandSaysSo() throws Exception {
        final Path data = directory.resolve("elsewhere");
        java.nio.file.Files.createDirectories(data.resolve("kafka"));
        java.nio.file.Files.createFile(data.resolve("kafka/meta.properties"));
        final String services = java.util.Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(part -> !part.replace('\\', '/').matches(".*(/compose/broker/target/|retort-broker).*"))
                .collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator));
        for (final List<String> command : List.of(List.of("evaluations", "--data", data.toString()),
                List.of("audit", "--run", "student", "--data", data.toString())))
            try (RetortProcess retort = RetortProcess.startWith(services, directory, command.toArray(String[]::new))) {
                assertThat(retort.await(PATIENCE)).as(command + retort.err()).isEqualTo(1);
                assertThat(retort.err().strip().lines()).singleElement().asString().contains("has no broker of its own",
                        "kafka.bootstrap.servers");
            }
    }

    @Test
    void wrongOptionsOfExportAndTrainAreAnsweredInOneLine() throws Exception {
        assertThat(run(2, "export", "a").err()).contains("TO").contains("export --help");
        assertThat(run(2, "export", "a", "b", "--heads", "none").err()).contains("--heads");
        assertThat(run(2, "export", "a", "b", "--for", "keras").err())
                .contains("--for takes [timm, transformers, transformers-mae]");
        assertThat(run(2, "export", "a", "b", "--activation", "relu").err()).contains("gelu, quick-gelu or gelu-tanh, not relu");
        assertThat(run(1, "export", "a", "b").err()).contains("weights cannot be read from a");
        assertThat(run(1, "train", "--forget", "nobody", "--set", served(), "--set", prefix(), "--set",
                "trainer.runs=[{name = somebody, objective = pretrain}]").err())
                .contains("--forget nobody is no run of trainer.runs: there are [somebody]");
    }

    @Test
    void topicsDescribeShowsSettingsAndRecords() throws Exception {
        final List<String> lines = run(0, "topics", "--describe", "--all", "--set", served(), "--set", prefix(), "evaluations")
                .out().lines()
                .toList();

        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith(PREFIX + "evaluations (cleanup.policy=compact, "));
        final List<String> records = lines.stream().filter(line -> line.startsWith("{")).toList();
        assertThat(records).hasSize(4);
        final JsonNode first = new ObjectMapper().readTree(records.getFirst());
        assertThat(first.at("/key").asText()).isEqualTo("teacher/100/knn/00ff");
        assertThat(first.at("/value/metrics/top1").asDouble()).isEqualTo(0.5);
        assertThat(first.at("/offset").asLong()).isZero();
        assertThat(run(0, "topics", "--set", served(), "--set", prefix()).out().lines())
                .anyMatch(line -> line.startsWith(PREFIX + "streams") && line.endsWith("latest of each key"));
    }

    @Test
    void kafkasOwnToolsRunWithTheSettingsUnderKafka() throws Exception {
        assertThat(run(0, "kafka", "--set", served(), "--", "topics", "--list").out().lines()).contains(PREFIX + "evaluations");
        assertThat(
                run(0, "kafka", "--set", served(), "--", "kafka-get-offsets.sh", "--topic", PREFIX + "evaluations").out().strip())
                .isEqualTo(PREFIX + "evaluations:0:4");
        assertThat(run(0, "kafka", "--set", served(), "--", "console-consumer", "--topic", PREFIX + "evaluations",
                "--from-beginning",
                "--max-messages", "4", "--formatter-property", "print.key=true", "--formatter-property", "print.value=false")
                .out()
                .lines()).contains("student/200/knn/00ff");
        assertThat(run(0, "kafka", "--set", served(), "--set", "kafka.client.rack=one", "--", "configs", "--describe",
                "--entity-type",
                "topics", "--entity-name", PREFIX + "evaluations").out()).contains("cleanup.policy=compact");
    }

    /** The line in README. */
    @Test
    void kafkasConsoleConsumerPrintsTheMirror() throws Exception {
        final Broker mirrored = Broker.from(retort.settings.Settings.load(java.util.Optional.empty(),
                List.of(served(), "topics.prefix=" + SharedBroker.freshPrefix(), "topics.evaluations-json=true")));
        mirrored.ensureEventTopics();
        final Evaluation evaluation = evaluation("student", 200, "knn", 0.75);
        try (RecordSink sink = mirrored.sink("mirror", 1 << 20)) {
            sink.sendAll(List.of(mirrored.topics().mirror("key",
                    java.util.Optional.of(retort.evaluator.feed.EvaluationJson.line(evaluation))).orElseThrow())).block(PATIENCE);
        }
        final String printed = run(0, "kafka", "--set", served(), "--", "console-consumer", "--topic",
                mirrored.topics().evaluationsJson().orElseThrow(), "--from-beginning", "--isolation-level", "read_committed",
                "--max-messages", "1").out();
        assertThat(new ObjectMapper().readTree(printed).at("/metrics/top1").asDouble()).isEqualTo(0.75);
    }

    @Test
    void everyToolOfKafkaIsThere() throws Exception {
        for (final String tool : KafkaCommand.tools().values())
            assertThat(Class.forName("org.apache.kafka.tools." + tool).getMethod("main", String[].class)).isNotNull();
    }

    private String evaluations(String... options) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("evaluations", "--set", served(), "--set", prefix()));
        arguments.addAll(List.of(options));
        return run(0, arguments.toArray(String[]::new)).out();
    }

    /** @param exitCode the expected exit code, -1 for any */
    private static RetortProcess.Said run(int exitCode, String... arguments) throws Exception {
        try (RetortProcess retort = RetortProcess.start(directory, arguments)) {
            final int code = retort.await(PATIENCE);
            final RetortProcess.Said said = new RetortProcess.Said(retort.out(), retort.err());
            if (exitCode >= 0)
                assertThat(code).as(said.toString()).isEqualTo(exitCode);
            return said;
        }
    }

    private static String served() {
        return "kafka.bootstrap.servers=" + SharedBroker.bootstrapServers();
    }

    private static String prefix() {
        return "topics.prefix=" + PREFIX;
    }
}
