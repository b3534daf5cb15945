package retort.compose;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;
import retort.compose.chaos.ChaosCommand;
import retort.compose.console.Failures;
import retort.compose.local.AuditCommand;
import retort.compose.local.LocalCommand;
import retort.compose.local.OpenCommand;
import retort.compose.plan.PlanCommand;
import retort.compose.rights.RightsCommand;
import retort.compose.settings.SettingsOptions;
import retort.compose.study.StudyCommand;
import retort.compose.topics.TopicsCommand;
import retort.settings.Nearest;

/** The main class of {@code compose/retort}. Exit codes: 0 done or stopped on request, 1 failed, 2 wrong usage. */
@Command(name = "retort", mixinStandardHelpOptions = true, version = "retort 0.1.0", sortOptions = false, description = "Streams images through Kafka into masked knowledge distillation.", footerHeading = "%nExamples:%n", footer = {
        "  retort local", "  retort ingest --help", "  retort evaluations --follow"}, subcommands = {
                LocalCommand.class, OpenCommand.class, StudyCommand.class, PlanCommand.class, IngestCommand.class,
                TrainCommand.class,
                EvaluateCommand.class, EvaluationsCommand.class,
                AuditCommand.class, ChaosCommand.class,
                TopicsCommand.class, RightsCommand.class, SettingsCommand.class, ExportCommand.class, BenchCommand.class,
                KafkaCommand.class,
                InfoCommand.class,
                CommandLine.HelpCommand.class})
public final class Retort implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Retort.class);

    private static final Map<String, String> EXIT_CODES = exitCodes();

    private Retort() {
    }

    private static Map<String, String> exitCodes() {
        final Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "done, or stopped on request");
        codes.put("1", "failed; standard error says why in one line");
        codes.put("2", "wrong usage");
        return codes;
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        try {
            return handled(commands()).execute(args);
        } catch (NoClassDefFoundError e) {
            if (!String.valueOf(e.getMessage()).startsWith("retort/broker/"))
                throw e;
            System.err.println(
                    "retort: this installation has no broker of its own, which 'local', 'study', 'chaos' and --data start: run"
                            + " compose/retort of a checkout, or name a broker by --set kafka.bootstrap.servers=HOST:PORT");
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    static CommandLine commands() {
        final CommandLine commands = new CommandLine(new Retort());
        final CommandLine kafka = commands.getSubcommands().get("kafka");
        if (kafka != null)
            kafka.setStopAtPositional(true); // the arguments after the tool's name belong to the tool
        return commands;
    }

    /** Gives {@code commands} the exit codes and the one-line errors that all commands share. */
    static CommandLine handled(CommandLine commands) {
        explain(commands);
        return commands.setCaseInsensitiveEnumValuesAllowed(true).setParameterExceptionHandler(Retort::misused)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    final PrintWriter err = line.getErr();
                    err.println("retort: " + SettingsOptions.explained(Failures.describe(failure), line.getParseResult()));
                    err.flush();
                    LOG.debug("failed", failure);
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /** Adds the exit codes to the help of every command. */
    private static void explain(CommandLine command) {
        command.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(EXIT_CODES);
        command.getSubcommands().values().forEach(Retort::explain);
    }

    private static int misused(ParameterException misuse, String... arguments) {
        final CommandLine command = misuse.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        final PrintWriter err = command.getErr();
        if (misuse instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()
                && !command.getSubcommands().isEmpty())
            err.println("retort: no command named " + unmatched.getUnmatched().getFirst()
                    + Nearest.to(unmatched.getUnmatched().getFirst(), command.getSubcommands().keySet()) + " (there are "
                    + String.join(", ", command.getSubcommands().keySet()) + ")");
        else
            err.println("retort: " + misuse.getMessage() + ": '" + name + " --help' lists what can be given");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /** Runs when no command is given. */
    @Override
    public Integer call() {
        System.err
                .println("retort: no command is given: 'retort local' runs everything here, 'retort --help' lists what there is");
        return CommandLine.ExitCode.USAGE;
    }
}
