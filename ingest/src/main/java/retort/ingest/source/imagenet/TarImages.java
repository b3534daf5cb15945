package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.Contents;
import retort.ingest.source.FileName;
import retort.ingest.source.FileSlice;
import retort.ingest.source.Findings;
import retort.ingest.source.ImageNames;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;
import retort.ingest.source.tar.TarEnds;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/** Images that are members of one archive, or of archives inside it. The position of its header identifies an image. Any thread. */
final class TarImages implements IndexedSource {
    /** The list of images while it is made: 12 bytes an image. Confined to one thread. */
    static final class Index {
        private final Path archive;
        private final PassedOver passedOver = new PassedOver();
        private final Listing listing = new Listing();
        private long[] headers = new long[1 << 12];
        private int[] labels = new int[1 << 12];
        private int size;
        private final TarEnds ends = new TarEnds();

        Index(Path archive) {
            this.archive = archive;
        }

        /** Adds {@code member} as the next sample; a member that ends like no image is passed over. */
        void add(TarMember member, int label) {
            final Optional<String> reason = ImageNames.reason(member.baseName());
            if (reason.isPresent()) {
                passedOver.add(reason.get());
                return;
            }
            if (size == headers.length) {
                headers = Arrays.copyOf(headers, 2 * size);
                labels = Arrays.copyOf(labels, 2 * size);
            }
            listing.add(member.name(), member.size()).add("", label);
            headers[size] = member.header();
            labels[size++] = label;
        }

        /** Called when the archive {@code name} has been read to its end. */
        void ended(String name, TarReader tar) {
            passedOver.add(ImageNames.LINK, tar.links());
            ends.add(name, tar.end());
        }

        PassedOver passedOver() {
            return passedOver;
        }
    }

    private final Path archive;
    /** The place of each image's header, in bytes of the archive. */
    private final long[] headers;
    private final int[] labels;
    private final List<String> classNames;
    private final Findings findings;

    TarImages(Index index, List<String> classNames) {
        this.archive = index.archive;
        this.headers = Arrays.copyOf(index.headers, index.size);
        this.labels = Arrays.copyOf(index.labels, index.size);
        this.classNames = classNames;
        this.findings = Findings.of(index.listing, index.passedOver, index.ends.remarks())
                .with(Contents.of(List.of(archive)));
    }

    @Override
    public long size() {
        return headers.length;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(long index) {
        return labels[(int) index];
    }

    @Override
    public Sample read(long index) throws IOException {
        final long header = headers[(int) index];
        try (TarReader tar = new TarReader(FileSlice.open(archive, header), archive.toString(), header)) {
            final TarMember member = tar.next()
                    .orElseThrow(() -> new IOException(archive + " has changed since it was opened"));
            return Sample.encoded(index, FileName.shown(archive.getFileName() + "/" + member.name()), label(index),
                    tar.content(member, Sample.MAX_ENCODED_BYTES));
        }
    }

    @Override
    public Findings findings() {
        return findings;
    }
}
