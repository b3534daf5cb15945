package retort.trainer.settings;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import retort.place.Places;
import retort.settings.Section;
import retort.settings.SettingException;
import retort.trainer.engine.EngineSettings;
import retort.trainer.objective.WeightsSource;

/**
 * The settings under {@code trainer}, read once at the start.
 *
 * @param engine device and threads
 * @param checkpoints the folder that has one folder of checkpoints for each run: a path, or an address of {@code s3://}
 * @param lease a run that is silent for longer counts as dead
 * @param progressEvery time between two progress events, at most a third of {@code lease}
 * @param bufferBytes bytes of records that are fetched ahead of the step
 * @param brokerTimeout time that the broker may take to answer at the start
 * @param watch files that follow the runs
 * @param runs the runs in the order in which they are trained; at least one; their names differ
 */
public record TrainerSettings(EngineSettings engine, String checkpoints, Duration lease, Duration progressEvery,
        long bufferBytes, Duration brokerTimeout, WatchSettings watch, List<RunSettings> runs) {
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/");

    /** @throws SettingException if a value is not allowed, or a run has an unknown key */
    public static TrainerSettings from(Config whole) {
        final Section trainer = Section.of(whole, "trainer");
        final long seed = whole.getLong("seed");
        final Duration lease = trainer.duration("lease", Duration.ofMillis(300), DAY);
        return new TrainerSettings(engine(whole), checkpoints(trainer), lease,
                trainer.duration("progress-every", MOMENT, lease.dividedBy(3)),
                trainer.bytes("buffer", 1 << 16, 1L << 40), trainer.duration("broker-timeout", Duration.ofSeconds(1), DAY),
                WatchSettings.from(trainer), runs(trainer, seed));
    }

    /**
     * The settings of the engine alone, for an evaluator, because it has no runs.
     *
     * @throws SettingException if the device or the number of threads is not allowed
     */
    public static EngineSettings engine(Config whole) {
        final Section trainer = Section.of(whole, "trainer");
        final int threads = trainer.integer("threads", 0, 1024);
        try {
            return new EngineSettings(trainer.string("device"), threads);
        } catch (IllegalArgumentException e) {
            throw trainer.error("device", trainer.string("device"), "must be auto, cpu or cuda:N");
        }
    }

    /**
     * The folder of the checkpoints alone, for those who read them.
     *
     * @throws SettingException if they cannot lie there
     */
    public static String checkpoints(Config whole) {
        return checkpoints(Section.of(whole, "trainer"));
    }

    private static String checkpoints(Section trainer) {
        final String place = trainer.string("checkpoints");
        if (ADDRESS.matcher(place).lookingAt() && !place.startsWith("s3://"))
            throw trainer.error("checkpoints", Places.shown(place), "must be a folder on a disk or s3://BUCKET/FOLDER");
        return place;
    }

    private static List<RunSettings> runs(Section trainer, long seed) {
        final List<RunSettings> runs = trainer.sections("runs").stream().map(run -> RunSettings.of(run, trainer, seed)).toList();
        if (runs.isEmpty())
            throw trainer.error("runs", "[]", "must list at least one run, such as"
                    + " [{name = teacher, objective = pretrain, model = vit_tiny_patch16, steps = 1000}]");
        final Set<String> names = new HashSet<>();
        for (final RunSettings run : runs) {
            if (run.objective().sources().contains(new WeightsSource.Run(run.name())))
                throw new SettingException(
                        "run " + run.name() + " in trainer.runs names itself as its teacher, or as what it starts from");
            if (!names.add(run.name()))
                throw new SettingException("run " + run.name() + " stands twice in trainer.runs: give each a name of its own");
        }
        return runs;
    }
}
