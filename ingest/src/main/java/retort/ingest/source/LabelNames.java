package retort.ingest.source;

import java.util.List;
import java.util.Locale;

/** Names under which data sets keep the class of an image: columns, fields of JSON, keys of a shard's sample. Any thread. */
public final class LabelNames {
    /** The usual names, the first choice first. They are read where nothing else is asked for. */
    public static final List<String> USUAL = List.of("label", "labels", "fine_label", "cls", "class", "target");

    private static final List<String> SOUNDS_LIKE_ONE = List.of("label", "class", "categor", "target", "species", "cls");

    private LabelNames() {
    }

    /** True if {@code name} sounds like that of a label. Nobody can be certain, so a person has to say whether it is one. */
    public static boolean soundsLikeOne(String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        return SOUNDS_LIKE_ONE.stream().anyMatch(lower::contains);
    }
}
