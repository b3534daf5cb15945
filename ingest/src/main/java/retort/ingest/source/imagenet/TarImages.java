package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import retort.ingest.source.FileSlice;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/** Images that are members of one archive, or of archives inside it: known by where their headers begin. Any thread. */
final class TarImages implements IndexedSource {
    private final Path archive;
    private final long[] headers;
    private final int[] labels;
    private final List<String> classNames;

    /**
     * @param headers where each image's header begins, in bytes of {@code archive}
     * @param labels class index of each
     */
    TarImages(Path archive, long[] headers, int[] labels, List<String> classNames) {
        this.archive = archive;
        this.headers = headers;
        this.labels = labels;
        this.classNames = classNames;
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
            return Sample.encoded(index, archive.getFileName() + "/" + member.name(), label(index),
                    tar.content(member, Sample.MAX_ENCODED_BYTES));
        }
    }
}
