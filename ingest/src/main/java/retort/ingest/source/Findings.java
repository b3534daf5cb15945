package retort.ingest.source;

import java.util.List;
import java.util.Optional;

/**
 * The things that a source found beside its samples: {@link DataSource#findings()} hands them out.
 *
 * @param listing a digest of everything that the source lists: names, sizes and their order. Two openings of the same data give the same
 *        text, on every machine. A file that is renamed, replaced, added or removed changes it. A stream keeps it as a part of its
 *        identity, because the sample ids of a resumed stream must still mean the same images. Empty if the source lists nothing, as a
 *        topic does.
 * @param contents see {@link Contents}; empty where the listing tells another content, or nothing is listed
 * @param passedOver counts the things that the source leaves out and that have no sample id. Sources that read forward find some of them
 *        only while they read, so the counts may grow.
 * @param remarks sentences that a person should read before the first image is trained on, such as how text labels were numbered
 */
public record Findings(Optional<String> listing, Optional<String> contents, PassedOver passedOver, List<String> remarks) {
    public Findings {
        remarks = List.copyOf(remarks);
    }

    /** The findings of a source that has only a listing. */
    public static Findings of(Listing listing) {
        return of(listing, new PassedOver(), List.of());
    }

    /** @param listing complete: nothing may be added to it afterwards */
    public static Findings of(Listing listing, PassedOver passedOver, List<String> remarks) {
        return new Findings(Optional.of(listing.hex()), Optional.empty(), passedOver, remarks);
    }

    /** The findings of a source that lists nothing. */
    public static Findings unlisted(PassedOver passedOver, List<String> remarks) {
        return new Findings(Optional.empty(), Optional.empty(), passedOver, remarks);
    }

    /** These findings with the contents that {@link Contents#of} gives. */
    public Findings with(Optional<String> itsContents) {
        return new Findings(listing, itsContents, passedOver, remarks);
    }
}
