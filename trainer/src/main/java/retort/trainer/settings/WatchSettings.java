package retort.trainer.settings;

import java.nio.file.Path;
import java.util.Optional;
import retort.settings.Section;

/**
 * The settings of the listeners that write to files.
 *
 * @param tensorboard the folder that gets one folder of event files for each run; empty for no event files
 * @param log the folder that gets one file of JSON lines for each run; empty for no such file
 * @param every number of steps from one report to the next
 */
public record WatchSettings(Optional<Path> tensorboard, Optional<Path> log, int every) {
    static WatchSettings from(Section trainer) {
        return new WatchSettings(trainer.optionalString("tensorboard").map(Path::of), trainer.optionalString("log").map(Path::of),
                trainer.integer("report-every", 1, Integer.MAX_VALUE));
    }
}
