package retort.trainer.objective;

import java.nio.file.Path;
import retort.settings.Section;

/** The place of weights that a run needs: those of its teacher, or those that it starts from. */
public sealed interface WeightsSource {
    /** The final checkpoint of another run in the same store. */
    record Run(String name) implements WeightsSource {
        @Override
        public String toString() {
            return "run:" + name;
        }
    }

    /** A file: safetensors or PyTorch's .pth. */
    record File(Path path) implements WeightsSource {
        @Override
        public String toString() {
            return "file:" + path;
        }
    }

    /**
     * Reads {@code run:NAME} or {@code file:PATH}.
     *
     * @throws retort.settings.SettingException with the key, for anything else
     */
    static WeightsSource of(Section section, String key) {
        final String text = section.string(key);
        if (text.startsWith("run:") && text.length() > 4)
            return new Run(text.substring(4));
        if (text.startsWith("file:") && text.length() > 5)
            return new File(Path.of(text.substring(5)));
        throw section.error(key, text.isEmpty() ? "\"\"" : text, "must be run:NAME or file:PATH");
    }
}
