package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.FileName;
import retort.ingest.source.FileSlice;
import retort.ingest.source.ImageNames;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * {@code ILSVRC2012_img_train.tar}: an archive that holds one archive for each synset. The canonical order is the order of the class
 * indices, and within a class the order of its archive.
 */
final class TrainArchive {
    private TrainArchive() {
    }

    /** Reads every header, to find the positions and the classes of the images. */
    static TarImages open(Path archive, SourceLocation location) throws IOException, SourceException {
        final TarImages.Index index = new TarImages.Index(archive);
        final Map<String, TarMember> bySynset = new HashMap<>();
        try (TarReader tar = new TarReader(FileSlice.open(archive, 0), archive.toString(), 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next()) {
                final String name = member.get().baseName();
                if (ImageNames.isForeignPath(member.get().name()) || !name.endsWith(".tar"))
                    index.passedOver().add("no archive of a synset");
                else if (bySynset.put(name.substring(0, name.length() - 4), member.get()) != null)
                    throw new IOException(archive + " holds " + name + " twice");
            }
            index.ended(FileName.shown(FileName.of(archive)), tar);
        }
        if (bySynset.isEmpty())
            throw new IOException(archive + " holds no archive of a synset such as n01440764.tar");
        final Synsets synsets = Synsets.sorted(bySynset.keySet()).ordered(location);
        for (int label = 0; label < synsets.names().size(); label++)
            addImages(archive, bySynset.get(synsets.names().get(label)), label, index);
        return new TarImages(index, synsets.names());
    }

    private static void addImages(Path archive, @Nullable TarMember synset, int label, TarImages.Index index) throws IOException {
        if (synset == null)
            return;
        try (TarReader tar = new TarReader(
                FileSlice.open(archive, synset.content(), synset.content() + synset.size()), archive + "/" + synset.name(),
                synset.content())) {
            for (Optional<TarMember> image = tar.next(); image.isPresent(); image = tar.next())
                index.add(image.get(), label);
            index.ended(FileName.shown(synset.name()), tar);
        }
    }
}
