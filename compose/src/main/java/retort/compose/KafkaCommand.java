package retort.compose;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import retort.compose.settings.SettingsOptions;
import retort.kafka.KafkaSettings;
import retort.settings.Nearest;

/**
 * Runs one of Kafka's own console tools in this process, at the version of Retort's clients. The launcher puts the tools on the class
 * path of this command and of {@code bench}. This class loads a tool by its name, so that every other command runs without the tools.
 */
@Command(name = "kafka", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Runs one of Kafka's own console tools with the settings under kafka: adds --bootstrap-server, and --command-config",
        "where more than the address is set, unless ARGS have them. Tools: topics, console-consumer, console-producer,",
        "consumer-groups, groups, configs, acls, get-offsets, delete-records, dump-log, transactions, log-dirs,",
        "broker-api-versions, features, metadata-quorum, cluster, leader-election, reassign-partitions,",
        "producer-perf-test, consumer-perf-test."}, footerHeading = "%nExamples:%n", footer = {
                "  retort kafka -- topics --list", "  retort kafka -- topics --help",
                "  retort kafka --set kafka.bootstrap.servers=HOST:PORT -- console-consumer --topic raw.photos --from-beginning",
                "  retort kafka -- configs --describe --entity-type topics --entity-name retort.images.train"})
final class KafkaCommand implements Callable<Integer> {
    private static final String TOOLS = "org.apache.kafka.tools.";
    /** Class names of the tools by the names of Kafka's shell scripts, without {@code kafka-} and {@code .sh}. */
    private static final Map<String, String> CLASSES = new TreeMap<>(Map.ofEntries(Map.entry("topics", "TopicCommand"),
            Map.entry("console-consumer", "consumer.ConsoleConsumer"), Map.entry("console-producer", "ConsoleProducer"),
            Map.entry("consumer-groups", "consumer.group.ConsumerGroupCommand"), Map.entry("groups", "GroupsCommand"),
            Map.entry("configs", "ConfigCommand"), Map.entry("acls", "AclCommand"), Map.entry("get-offsets", "GetOffsetShell"),
            Map.entry("delete-records", "DeleteRecordsCommand"), Map.entry("dump-log", "DumpLogSegments"),
            Map.entry("transactions", "TransactionsCommand"), Map.entry("log-dirs", "LogDirsCommand"),
            Map.entry("broker-api-versions", "BrokerApiVersionsCommand"), Map.entry("features", "FeatureCommand"),
            Map.entry("metadata-quorum", "MetadataQuorumCommand"), Map.entry("cluster", "ClusterTool"),
            Map.entry("leader-election", "LeaderElectionCommand"),
            Map.entry("reassign-partitions", "reassign.ReassignPartitionsCommand"),
            Map.entry("producer-perf-test", "ProducerPerformance"), Map.entry("consumer-perf-test", "ConsumerPerformance")));
    /** The tool that reads files and does not connect to a broker. */
    private static final String OFFLINE = "dump-log";
    private static final String ADDRESS = "bootstrap.servers";

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Parameters(arity = "1..*", paramLabel = "TOOL [ARGS]", description = "The name of Kafka's script without kafka- and .sh, then its own arguments.")
    private List<String> given = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Class names below {@code org.apache.kafka.tools}, by the name of the tool. */
    static Map<String, String> tools() {
        return CLASSES;
    }

    @Override
    public Integer call() throws Exception {
        final String tool = given.getFirst().replaceFirst("^kafka-", "").replaceFirst("\\.sh$", "");
        final String name = CLASSES.get(tool);
        if (name == null)
            throw new ParameterException(spec.commandLine(), "no tool of Kafka's named " + given.getFirst()
                    + Nearest.to(tool, CLASSES.keySet()) + " (there are " + String.join(", ", CLASSES.keySet()) + ")");
        final List<String> arguments = new ArrayList<>(given.subList(1, given.size()));
        if (!tool.equals(OFFLINE) && !arguments.contains("--help") && !arguments.contains("--version"))
            connect(arguments);
        run(name, arguments);
        return 0;
    }

    /** Calls the tool's {@code main}. A tool that fails ends this process with its own exit code. */
    private static void run(String name, List<String> arguments) throws Exception {
        try {
            Class.forName(TOOLS + name).getMethod("main", String[].class).invoke(null, (Object) arguments.toArray(String[]::new));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "Kafka's tools are not on the class path: start them with compose/retort of a checkout", e);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception failure)
                throw failure;
            throw e;
        }
    }

    private void connect(List<String> arguments) throws IOException {
        final KafkaSettings kafka = KafkaSettings.from(settings.load());
        final Properties others = new Properties();
        kafka.properties().forEach((key, value) -> {
            if (!key.equals(ADDRESS))
                others.put(key, value.toString());
        });
        if (lacks(arguments, "--bootstrap-server", "--bootstrap-controller"))
            arguments.addAll(List.of("--bootstrap-server", kafka.bootstrapServers()));
        if (!others.isEmpty() && lacks(arguments, "--command-config")) {
            final Path file = Files.createTempFile("retort-kafka", ".properties"); // createTempFile makes it readable by its owner only
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file)) {
                others.store(out, null);
            }
            arguments.addAll(List.of("--command-config", file.toString()));
        }
    }

    private static boolean lacks(List<String> arguments, String... options) {
        return Stream.of(options)
                .noneMatch(option -> arguments.stream().anyMatch(each -> each.equals(option) || each.startsWith(option + "=")));
    }
}
