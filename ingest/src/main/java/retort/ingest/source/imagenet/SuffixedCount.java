package retort.ingest.source.imagenet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import retort.ingest.source.ImageNames;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceException;
import retort.ingest.source.tar.TarEnd;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/** The number of images and the synsets of one archive, which is read whole to know them. */
record SuffixedCount(long images, Set<String> synsets, PassedOver passedOver, String listing, TarEnd end) {
    /**
     * Counts several archives at a time.
     *
     * @throws SourceException if one is cut or damaged
     */
    static List<SuffixedCount> ofAll(List<Path> archives) throws SourceException {
        try {
            return archives.parallelStream().map(SuffixedCount::of).toList();
        } catch (UncheckedIOException e) {
            throw new SourceException(e.getMessage() + ": fetch the archive again", e);
        }
    }

    private static SuffixedCount of(Path archive) {
        final Set<String> synsets = new TreeSet<>();
        final PassedOver passedOver = new PassedOver();
        final Listing listing = new Listing();
        long images = 0;
        final TarEnd end;
        try (TarReader tar = TarReader.open(archive, 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next())
                if (!SuffixedImages.isImage(member.get())) {
                    passedOver.add(ImageNames.reason(member.get().baseName()).orElse(ImageNames.FOREIGN));
                } else {
                    images++;
                    listing.add(member.get().name(), member.get().size());
                    SuffixedImages.synset(member.get()).ifPresent(synsets::add);
                }
            passedOver.add(ImageNames.LINK, tar.links());
            end = tar.end();
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
        return new SuffixedCount(images, synsets, passedOver, listing.hex(), end);
    }
}
