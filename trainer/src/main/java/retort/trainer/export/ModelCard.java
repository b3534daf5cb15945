package retort.trainer.export;

import java.util.List;
import java.util.Optional;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.model.VitShape;

/** Writes the text of a model card: the model, its training, its evaluations, and the code that loads it. */
final class ModelCard {
    private ModelCard() {
    }

    /**
     * The text of a card.
     *
     * @param trained the checkpoint that was exported; empty for weights that Retort has not trained
     * @param scores lines of evaluations, one line for each figure; empty if none are known
     */
    static String of(TimmModel model, Optional<Checkpoint> trained, Preprocessing images, List<String> scores) {
        final VitShape vit = model.shape();
        final StringBuilder card = new StringBuilder("""
                ---
                library_name: timm
                tags: [image-feature-extraction, timm]
                ---
                # Vision Transformer

                """);
        card.append("%d blocks of width %d with %d heads, patches of %d pixels, images of %d x %d with %d channels.%n".formatted(
                vit.depth(), vit.width(), vit.heads(), vit.patch(), vit.image(), vit.image(), vit.channels()));
        card.append(images.mean().isEmpty()
                ? "The mean and deviation of its images are not recorded here.\n"
                : "Images are scaled to 0 to 1; then " + images.mean() + " is subtracted and " + images.std() + " divides.\n");
        trained.map(Checkpoint::state).ifPresent(state -> card.append(training(state)));
        trained.ifPresent(checkpoint -> card.append("| SHA-256 of the checkpoint's weights | ")
                .append(checkpoint.weightsDigest().sha256()).append(" |\n"));
        if (!scores.isEmpty())
            card.append("\n## Evaluations\n\n").append(String.join("\n", scores)).append('\n');
        return card.append("\n## Use\n\n```python\nimport timm\n")
                .append("model = timm.create_model(\"local-dir:PATH/OF/THIS/FOLDER\", pretrained=True)\n```\n").toString();
    }

    private static String training(TrainingState state) {
        return "\n## Training\n\n| | |\n|---|---|\n| run | " + state.run() + " |\n| objective | " + state.objective()
                + " |\n| step | " + state.step() + " of " + state.steps() + " |\n| stream | " + state.stream() + " |\n"
                + state.teacher().map(teacher -> "| teacher | " + teacher + " |\n").orElse("");
    }
}
