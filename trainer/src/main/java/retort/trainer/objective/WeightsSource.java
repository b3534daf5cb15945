package retort.trainer.objective;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import retort.settings.Section;

/** The place of weights that a run needs: the weights of its teacher, or the weights that it starts from. */
public sealed interface WeightsSource {
    /** The final checkpoint of another run in the same store. */
    record Run(String name) implements WeightsSource {
        @Override
        public String toString() {
            return "run:" + name;
        }
    }

    /**
     * A file: safetensors, the index of sharded safetensors, or PyTorch's .pth.
     *
     * @param model name of the model to take if the file holds several; empty for the model that timm would take
     */
    record File(Path path, Optional<String> model) implements WeightsSource {
        @Override
        public String toString() {
            return "file:" + path + model.map(name -> "#" + name).orElse("");
        }

        /** Splits {@code PATH#MODEL}. If a file of the whole text exists, the text is its path, because a path may contain '#'. */
        private static File of(String text) {
            final int at = text.lastIndexOf('#');
            return at <= 0 || at == text.length() - 1 || Files.exists(Path.of(text))
                    ? new File(Path.of(text), Optional.empty())
                    : new File(Path.of(text.substring(0, at)), Optional.of(text.substring(at + 1)));
        }
    }

    /**
     * Reads {@code run:NAME}, {@code file:PATH} or {@code file:PATH#MODEL}.
     *
     * @throws retort.settings.SettingException if the text has another form; the message has the key
     */
    static WeightsSource of(Section section, String key) {
        final String text = section.string(key);
        if (text.startsWith("run:") && text.length() > 4)
            return new Run(text.substring(4));
        if (text.startsWith("file:") && text.length() > 5)
            return File.of(text.substring(5));
        throw section.error(key, text.isEmpty() ? "\"\"" : text, "must be run:NAME or file:PATH");
    }
}
