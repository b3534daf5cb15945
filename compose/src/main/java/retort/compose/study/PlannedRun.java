package retort.compose.study;

import com.typesafe.config.Config;
import java.util.List;

/**
 * A run that the study trains. Cells with the same settings of a run share it.
 *
 * @param name its name on the topics: the run's name in {@code study.runs}, the values of the axes that change it, and the seed
 * @param family its name without the seed
 * @param template its name in {@code study.runs}
 * @param settings an object of {@code trainer.runs}
 * @param needs the runs whose results it builds on
 */
record PlannedRun(String name, String family, String template, Config settings, List<String> needs) {
    PlannedRun {
        needs = List.copyOf(needs);
    }
}
