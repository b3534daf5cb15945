package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import retort.ingest.source.FileSlice;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * {@code ILSVRC2012_img_train.tar}: an archive of one archive a synset. The canonical order is that of the sorted synsets, and
 * inside one the archive's own.
 */
final class TrainArchive {
    private TrainArchive() {
    }

    /** Reads every header: where the images are and what they are. */
    static TarImages open(Path archive) throws IOException {
        final TreeMap<String, TarMember> synsets = new TreeMap<>();
        try (TarReader tar = new TarReader(FileSlice.open(archive, 0), archive.toString(), 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next()) {
                final String name = member.get().baseName();
                if (name.endsWith(".tar") && synsets.put(name.substring(0, name.length() - 4), member.get()) != null)
                    throw new IOException(archive + " holds " + name + " twice");
            }
        }
        if (synsets.isEmpty())
            throw new IOException(archive + " holds no archive of a synset such as n01440764.tar");
        long[] headers = new long[1 << 16];
        int[] labels = new int[1 << 16];
        int n = 0;
        int label = 0;
        for (final TarMember synset : synsets.values()) {
            final String name = archive + "/" + synset.name();
            try (TarReader tar = new TarReader(
                    FileSlice.open(archive, synset.content(), synset.content() + synset.size()), name, synset.content())) {
                for (Optional<TarMember> image = tar.next(); image.isPresent(); image = tar.next(), n++) {
                    if (n == headers.length) {
                        headers = Arrays.copyOf(headers, 2 * n);
                        labels = Arrays.copyOf(labels, 2 * n);
                    }
                    headers[n] = image.get().header();
                    labels[n] = label;
                }
            }
            label++;
        }
        return new TarImages(archive, Arrays.copyOf(headers, n), Arrays.copyOf(labels, n),
                new Synsets(synsets.keySet()).names());
    }
}
