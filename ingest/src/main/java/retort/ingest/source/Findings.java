package retort.ingest.source;

import java.util.List;

/**
 * The things that a source found when it was opened: see {@link DataSource#listing()}, {@link DataSource#passedOver()} and
 * {@link DataSource#remarks()}.
 */
public record Findings(String listing, PassedOver passedOver, List<String> remarks) {
    public Findings {
        remarks = List.copyOf(remarks);
    }
}
