package retort.compose.local;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Optional;

/** Selects the runs of {@code trainer.runs} that the report compares. The settings have been checked before. */
final class Runs {
    private Runs() {
    }

    /** The name of the last run that is distilled. If no run is distilled, the name of the last run. */
    static String finalStudent(Config config) {
        final List<Config> runs = List.copyOf(config.getConfigList("trainer.runs"));
        return name(runs.stream().filter(run -> objective(run).equals("distill")).reduce((a, b) -> b).orElseGet(runs::getLast));
    }

    /** The name of the run that the student is compared with: the last run after the student with objective {@code pretrain}. */
    static Optional<String> rival(Config config) {
        return config.getConfigList("trainer.runs").stream().dropWhile(run -> !name(run).equals(finalStudent(config)))
                .filter(run -> objective(run).equals("pretrain")).reduce((a, b) -> b).map(Runs::name);
    }

    /** The name of the last fine-tuned run that starts from {@code weights}, such as {@code run:student} or {@code scratch}. */
    static Optional<String> startingFrom(Config config, String weights) {
        final String byDefault = config.getString("trainer.finetune.init");
        return config.getConfigList("trainer.runs").stream().filter(run -> objective(run).equals("finetune"))
                .filter(run -> (run.hasPath("init") ? run.getString("init") : byDefault).equals(weights)).reduce((a, b) -> b)
                .map(Runs::name);
    }

    private static String name(Config run) {
        return run.getString("name");
    }

    private static String objective(Config run) {
        return run.getString("objective");
    }
}
