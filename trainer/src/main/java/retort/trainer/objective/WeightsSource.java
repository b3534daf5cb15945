package retort.trainer.objective;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import retort.place.Places;
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
     * @param place its path on a disk, or an address of {@code s3://} or {@code https://}
     * @param model name of the model to take if the file holds several; empty for the model that timm would take
     */
    record File(String place, Optional<String> model) implements WeightsSource {
        /** Without the secrets of an address. */
        @Override
        public String toString() {
            return (Places.isPlace(place) ? Places.shown(place) : "file:" + place) + model.map(name -> "#" + name).orElse("");
        }

        /** Its path. Nothing is asked of a server. */
        public Path path(Places places) {
            return places.file(place);
        }

        /** Splits {@code PATH#MODEL}. If a file of the whole text exists, the text is its path, because a path may contain '#'. */
        private static File of(String text) {
            final int at = text.lastIndexOf('#');
            return at <= 0 || at == text.length() - 1 || !Places.isPlace(text) && Files.exists(Path.of(text))
                    ? new File(text, Optional.empty())
                    : new File(text.substring(0, at), Optional.of(text.substring(at + 1)));
        }
    }

    /**
     * Reads {@code run:NAME}, {@code file:PATH}, {@code s3://BUCKET/KEY} or {@code https://HOST/PATH}; {@code #MODEL} may follow a file.
     *
     * @throws retort.settings.SettingException if the text has another form; the message has the key
     */
    static WeightsSource of(Section section, String key) {
        final String text = section.string(key);
        if (text.startsWith("run:") && text.length() > 4)
            return new Run(text.substring(4));
        if (text.startsWith("file:") && text.length() > 5)
            return File.of(text.substring(5));
        if (Places.isPlace(text) && isAddress(text))
            return File.of(text);
        throw section.error(key, text.isEmpty() ? "\"\"" : Places.shown(text),
                "must be run:NAME, file:PATH, s3://BUCKET/KEY or https://HOST/PATH");
    }

    private static boolean isAddress(String text) {
        return text.matches("[a-z0-9]+://[^/]+/.+");
    }
}
