package retort.compose;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import retort.compose.local.LocalCommand;

/** Entry point of {@code compose/retort}. Exit codes: 0 done or stopped on request, 1 failed, 2 wrong usage. */
@Command(name = "retort", mixinStandardHelpOptions = true, version = "retort 0.1.0", sortOptions = false, description = "Streams images through Kafka into masked knowledge distillation.", subcommands = {
        LocalCommand.class, IngestCommand.class, TrainCommand.class, EvaluateCommand.class, EvaluationsCommand.class,
        TopicsCommand.class, SettingsCommand.class, ExportCommand.class, BenchCommand.class, InfoCommand.class,
        CommandLine.HelpCommand.class})
public final class Retort implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Retort.class);

    private Retort() {
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return handled(new CommandLine(new Retort())).execute(args);
    }

    /** Gives {@code commands} the exit codes and the one-line errors that every command has. */
    static CommandLine handled(CommandLine commands) {
        return commands.setParameterExceptionHandler(Retort::misused).setExecutionExceptionHandler((failure, line, parsed) -> {
            final PrintWriter err = line.getErr();
            err.println("retort: " + Failures.describe(failure));
            err.flush();
            LOG.debug("failed", failure);
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    private static int misused(ParameterException misuse, String... arguments) {
        final CommandLine command = misuse.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        final PrintWriter err = command.getErr();
        if (misuse instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()
                && !command.getSubcommands().isEmpty())
            err.println("retort: no command named " + unmatched.getUnmatched().getFirst() + ": there are "
                    + String.join(", ", command.getSubcommands().keySet()));
        else
            err.println("retort: " + misuse.getMessage() + ": '" + name + " --help' lists what can be given");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /** Without a command. */
    @Override
    public Integer call() {
        System.err
                .println("retort: no command is given: 'retort local' runs everything here, 'retort --help' lists what there is");
        return CommandLine.ExitCode.USAGE;
    }
}
