package retort.ingest.source.imagenet;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;

/** The classes by WordNet id ({@code n01440764}): the index is the rank among the sorted ids. Immutable. */
final class Synsets {
    private final String[] ids;

    Synsets(Collection<String> ids) {
        this.ids = new TreeSet<>(ids).toArray(String[]::new);
    }

    /** Empty where the id is none of them. */
    OptionalInt index(String id) {
        final int index = Arrays.binarySearch(ids, id);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    List<String> names() {
        return List.of(ids);
    }

    static boolean isId(String text) {
        return text.matches("n\\d{8}");
    }
}
