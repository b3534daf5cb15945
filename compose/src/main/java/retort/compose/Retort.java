package retort.compose;

import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import retort.compose.local.LocalCommand;

/** Entry point of {@code compose/retort}. Exit codes: 0 done or stopped on request, 1 failed, 2 wrong usage. */
@Command(name = "retort", mixinStandardHelpOptions = true, version = "retort 0.1.0", sortOptions = false, description = "Streams images through Kafka into masked knowledge distillation.", subcommands = {
        LocalCommand.class, IngestCommand.class, TrainCommand.class, EvaluateCommand.class, EvaluationsCommand.class,
        TopicsCommand.class, SettingsCommand.class, ExportCommand.class, BenchCommand.class, InfoCommand.class,
        CommandLine.HelpCommand.class})
public final class Retort implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Retort.class);

    private Retort() {
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Retort()).setExecutionExceptionHandler((failure, line, parsed) -> {
            final PrintWriter err = line.getErr();
            err.println("retort: " + Failures.describe(failure));
            err.flush();
            LOG.debug("failed", failure);
            return 1;
        }).execute(args);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
