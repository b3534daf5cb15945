package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import retort.ingest.source.FileSlice;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/** {@code ILSVRC2012_img_val.tar}, flat: line i of the devkit's ground truth belongs to the i-th file by name, whatever the archive's order. */
final class ValidationArchive {
    private ValidationArchive() {
    }

    static TarImages open(Path archive, Devkit devkit) throws IOException {
        final List<TarMember> images = new ArrayList<>();
        try (TarReader tar = new TarReader(FileSlice.open(archive, 0), archive.toString(), 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next())
                if (member.get().name().toLowerCase(Locale.ROOT).endsWith(".jpeg"))
                    images.add(member.get());
        }
        if (images.size() != devkit.validation().length)
            throw new IOException(archive + " holds " + images.size() + " images, " + Devkit.NAME + " has classes for "
                    + devkit.validation().length);
        images.sort(Comparator.comparing(TarMember::baseName));
        return new TarImages(archive, images.stream().mapToLong(TarMember::header).toArray(), devkit.validation(),
                devkit.synsets().names());
    }
}
