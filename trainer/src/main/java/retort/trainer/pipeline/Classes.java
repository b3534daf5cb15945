package retort.trainer.pipeline;

import java.util.Optional;
import retort.record.Stream;
import retort.trainer.settings.ObjectiveSettings;

/** How many classes a run tells apart. */
final class Classes {
    private Classes() {
    }

    /** @throws RunException where stream, settings and teacher do not agree on it */
    static int of(String run, ObjectiveSettings.Finetune finetune, Stream stream, Optional<Teacher> teacher) {
        final int named = stream.getClassNames().size();
        if (named == 0)
            throw new RunException("run " + run + " cannot be fine-tuned on stream " + stream.getName()
                    + ": its images have no labels; ingest a source that has some");
        if (finetune.classes() > 0 && finetune.classes() < named)
            throw new RunException("run " + run + " has classes = " + finetune.classes() + ", but stream " + stream.getName()
                    + " names " + named + ": set as many or more, or 0 to go by the stream");
        final int classes = finetune.classes() > 0 ? finetune.classes() : named;
        teacher.filter(with -> with.classes() != classes).ifPresent(with -> {
            throw new RunException("run " + run + " of " + classes + " classes cannot learn the answers of " + with.name() + ", "
                    + (with.classes() == 0 ? "which is no classifier" : "which has " + with.classes())
                    + ": its teacher must be fine-tuned on the same classes");
        });
        return classes;
    }
}
