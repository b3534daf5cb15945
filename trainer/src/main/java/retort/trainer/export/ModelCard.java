package retort.trainer.export;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Start;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.TeacherSource;

/** Writes the text of a model card: the model, its training, its evaluations, and the code that loads it. */
final class ModelCard {
    private ModelCard() {
    }

    /**
     * The text of a card.
     *
     * @param trained the checkpoint that was exported; empty for weights that Retort has not trained
     * @param scores rows of a table of evaluations: suite, figure, value, images, stream; empty if none are known
     */
    static String of(ExportedModel model, Optional<Checkpoint> trained, Preprocessing images, List<String> scores) {
        final VitShape vit = model.shape();
        final StringBuilder card = new StringBuilder("""
                ---
                library_name: %s
                tags: [image-feature-extraction, vision-transformer]
                ---
                # Vision Transformer

                """.formatted(model.library()));
        card.append("%d blocks of width %d with %d heads, patches of %d pixels, images of %d x %d with %d channels.%n".formatted(
                vit.depth(), vit.width(), vit.heads(), vit.patch(), vit.image(), vit.image(), vit.channels()));
        card.append(images.mean().isEmpty()
                ? "The mean and deviation of its images are not recorded here.\n"
                : "Images are scaled to 0 to 1; then " + images.mean() + " is subtracted and " + images.std() + " divides.\n");
        if (!images.classNames().isEmpty())
            card.append("Classes: ").append(images.classNames().stream().map(ModelCard::text).collect(Collectors.joining(", ")))
                    .append(".\n");
        trained.ifPresent(checkpoint -> card.append(training(checkpoint)));
        if (!scores.isEmpty())
            card.append("\n## Evaluations\n\n| suite | figure | value | images | stream |\n|---|---|---|---|---|\n")
                    .append(String.join("\n", scores)).append('\n');
        return card.append("\n## Use\n\n```python\nimport ").append(model.library()).append("\nmodel = ")
                .append(model.loading("PATH/OF/THIS/FOLDER")).append("\n```\n").toString();
    }

    private static String training(Checkpoint checkpoint) {
        final TrainingState state = checkpoint.state();
        final Map<String, String> identity = state.identity().settings();
        final StringBuilder table = new StringBuilder("\n## Training\n\n| | |\n|---|---|\n");
        row(table, "run", state.run());
        row(table, "objective", state.objective());
        row(table, "step", state.step() + " of " + state.steps());
        row(table, "stream", state.stream());
        state.teacher().ifPresent(teacher -> row(table, "teacher", teacher));
        row(table, "SHA-256 of the teacher's weights", identity.get(TeacherSource.KEY));
        row(table, "SHA-256 of the second teacher's weights", identity.get(SecondTeacher.WEIGHTS));
        row(table, "SHA-256 of the weights that it started from", identity.get(Start.KEY));
        row(table, "SHA-256 of the checkpoint's file of weights", checkpoint.weightsDigest().sha256());
        return table.toString();
    }

    private static void row(StringBuilder table, String name, @org.jspecify.annotations.Nullable String value) {
        if (value != null)
            table.append("| ").append(name).append(" | ").append(text(value.replaceFirst("^sha256:", ""))).append(" |\n");
    }

    /** A value in one cell of a table. */
    private static String text(String value) {
        return value.replaceAll("[|\\r\\n`]", " ");
    }
}
