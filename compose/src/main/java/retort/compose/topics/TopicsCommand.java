package retort.compose.topics;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import retort.compose.console.DataOutput;
import retort.compose.settings.SettingsOptions;
import retort.kafka.Broker;
import retort.settings.Nearest;

@Command(name = "topics", mixinStandardHelpOptions = true, sortOptions = false, description = {
        "Lists Retort's topics: partitions, span of offsets (markers of transactions count), how long records are kept.",
        "With --describe it prints each topic's settings, and its records as one JSON object a line."}, footerHeading = "%nExamples:%n", footer = {
                "  retort topics", "  retort topics --describe evaluations",
                "  retort topics --describe --last 3 images.train", "  retort topics --describe --all checkpoints rejected"})
public final class TopicsCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Parameters(arity = "0..*", paramLabel = "TOPIC", description = "Names, with or without topics.prefix (default: all of Retort's topics).")
    private List<String> names = new ArrayList<>();

    @Option(names = "--describe", description = "Prints settings and records, too.")
    private boolean describe;

    @Option(names = "--last", paramLabel = "N", defaultValue = "20", description = "How many offsets before the end of each partition --describe reads (default: ${DEFAULT-VALUE}).")
    private long last = 20;

    @Option(names = "--all", description = "With --describe: every record.")
    private boolean all;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final PrintStream out = DataOutput.take();
        if (last < 0)
            throw new ParameterException(spec.commandLine(), "--last " + last + " is out of range, give 0 or more");
        final Broker broker = Broker.from(settings.load());
        final Map<String, TopicState> topics = chosen(TopicState.ofAll(broker), broker.topics().prefix());
        out.printf("%-36s %10s %14s %14s  %s%n", "topic", "partitions", "first offset", "end offset", "kept");
        topics.values().forEach(topic -> topic.lines().forEach(out::println));
        if (describe)
            try (TopicRecords records = new TopicRecords(broker)) {
                for (final TopicState topic : topics.values()) {
                    out.println();
                    out.println(topic.name() + topic.settings());
                    records.print(topic, all ? Long.MAX_VALUE : last, out::println);
                }
            }
        return 0;
    }

    private Map<String, TopicState> chosen(Map<String, TopicState> known, String prefix) {
        if (names.isEmpty())
            return known;
        final Map<String, TopicState> chosen = new TreeMap<>();
        for (final String name : names) {
            final TopicState topic = known.getOrDefault(name, known.get(prefix + name));
            if (topic == null)
                throw new ParameterException(spec.commandLine(), "no topic named " + name + " below the prefix " + prefix
                        + Nearest.to(prefix + name, known.keySet()));
            chosen.put(topic.name(), topic);
        }
        return chosen;
    }
}
