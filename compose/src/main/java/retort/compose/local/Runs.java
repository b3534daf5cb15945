package retort.compose.local;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Optional;

/** Which of {@code trainer.runs} the report is about. Settings are checked already. */
final class Runs {
    private Runs() {
    }

    /** The last distilled run; the last of all where none is distilled. */
    static String finalStudent(Config config) {
        final List<Config> runs = List.copyOf(config.getConfigList("trainer.runs"));
        return name(runs.stream().filter(run -> objective(run).equals("distill")).reduce((a, b) -> b).orElseGet(runs::getLast));
    }

    /** The run that the student is compared with: the last one after it that learns by reconstruction alone. */
    static Optional<String> rival(Config config) {
        return config.getConfigList("trainer.runs").stream().dropWhile(run -> !name(run).equals(finalStudent(config)))
                .filter(run -> objective(run).equals("pretrain")).reduce((a, b) -> b).map(Runs::name);
    }

    private static String name(Config run) {
        return run.getString("name");
    }

    private static String objective(Config run) {
        return run.getString("objective");
    }
}
