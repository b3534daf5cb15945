package retort.ingest.source.tar;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects how the archives of a source end, and puts the unusual ends into words. Confined to one thread. */
public final class TarEnds {
    private static final int SHOWN = 3;
    private static final Map<TarEnd, String> WORDS = Map.of(TarEnd.OPEN,
            "have no closing blocks, as a tar has that was cut between two members", TarEnd.GOES_ON,
            "go on after their closing blocks, as joined tars do and downloads with a hole; nothing after them is read");

    private final Map<TarEnd, List<String>> archives = new EnumMap<>(TarEnd.class);

    /** @param archive name of the archive, for a person */
    public TarEnds add(String archive, TarEnd end) {
        archives.computeIfAbsent(end, first -> new ArrayList<>()).add(archive);
        return this;
    }

    /** One sentence for each kind of unusual end; none if all archives are closed. */
    public List<String> remarks() {
        final List<String> remarks = new ArrayList<>();
        archives.forEach((end, names) -> {
            final String words = WORDS.get(end);
            if (words != null)
                remarks.add(names.size() + " archives " + words + ": "
                        + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                        + (names.size() > SHOWN ? " and so on" : ""));
        });
        return remarks;
    }
}
