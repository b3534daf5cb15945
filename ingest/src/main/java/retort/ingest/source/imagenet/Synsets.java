package retort.ingest.source.imagenet;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import retort.ingest.source.ClassNames;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;

/** The classes by WordNet id ({@code n01440764}), in the order of their index. Immutable. */
final class Synsets {
    private final List<String> ids;
    private final Map<String, Integer> indices = new HashMap<>();

    private Synsets(Collection<String> ids) {
        this.ids = List.copyOf(ids);
        for (final String id : ids)
            indices.put(id, indices.size());
    }

    /** The index is the rank among the sorted ids, as everywhere in the field. */
    static Synsets sorted(Collection<String> ids) {
        return new Synsets(new TreeSet<>(ids));
    }

    /**
     * The ids that the option {@code classes} lists, the first word of each line: the index is the number of the line, from 0.
     *
     * @throws SourceException if a line does not begin with an id, or an id comes twice
     */
    static Optional<Synsets> given(SourceLocation location) throws SourceException {
        final Optional<List<String>> lines = ClassNames.given(location);
        if (lines.isEmpty())
            return Optional.empty();
        final List<String> ids = lines.get().stream().map(line -> line.split("\\s", 2)[0]).toList();
        for (final String id : ids)
            if (!isId(id))
                throw new SourceException(location + ": a line of the list of classes begins with '" + id
                        + "', not with a synset id such as n01440764");
        final Synsets synsets = new Synsets(ids);
        if (synsets.indices.size() < ids.size())
            throw new SourceException(location + ": the list of classes names a synset twice");
        return Optional.of(synsets);
    }

    /**
     * These classes in the order of the option {@code classes}, where it is given.
     *
     * @throws SourceException if it lists other synsets: a part of them would leave images without a class
     */
    Synsets ordered(SourceLocation location) throws SourceException {
        final Optional<Synsets> given = given(location);
        if (given.isPresent() && !given.get().indices.keySet().equals(indices.keySet()))
            throw new SourceException(location + ": the list of classes holds " + given.get().ids.size()
                    + " synsets, which are not the " + ids.size() + " of the data: list each of them once");
        return given.orElse(this);
    }

    /** Empty if the id is none of them. */
    OptionalInt index(String id) {
        final Integer index = indices.get(id);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    List<String> names() {
        return ids;
    }

    static boolean isId(String text) {
        return text.matches("n\\d{8}");
    }
}
