package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import retort.ingest.source.FileName;
import retort.ingest.source.FileSlice;
import retort.ingest.source.ImageNames;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * {@code ILSVRC2012_img_val.tar}, which is flat: line i of the devkit's ground truth belongs to the i-th file by name, whatever the
 * archive's own order is.
 */
final class ValidationArchive {
    private ValidationArchive() {
    }

    static TarImages open(Path archive, Devkit devkit) throws IOException {
        final TarImages.Index index = new TarImages.Index(archive);
        final List<TarMember> images = new ArrayList<>();
        try (TarReader tar = new TarReader(FileSlice.open(archive, 0), archive.toString(), 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next()) {
                final Optional<String> reason = ImageNames.isForeignPath(member.get().name())
                        ? Optional.of(ImageNames.FOREIGN)
                        : ImageNames.reason(member.get().baseName());
                if (reason.isPresent())
                    index.passedOver().add(reason.get());
                else
                    images.add(member.get());
            }
            index.ended(FileName.shown(FileName.of(archive)), tar);
        }
        if (images.size() != devkit.validation().length)
            throw new IOException(archive + " holds " + images.size() + " images, " + Devkit.NAME + " has classes for "
                    + devkit.validation().length + index.passedOver().clause());
        images.sort(Comparator.comparing(TarMember::baseName, FileName.ORDER));
        for (int i = 0; i < images.size(); i++)
            index.add(images.get(i), devkit.validation()[i]);
        return new TarImages(index, devkit.synsets().names());
    }
}
