package retort.ingest.source.idx;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.ingest.source.FileName;
import retort.ingest.source.SourceException;
import retort.place.Places;

/**
 * An images file and the labels file that belongs to it, found by the names of MNIST and its relatives: PREFIX-images-idx3-ubyte, or one
 * of the other spellings here, and the same with labels and idx1, each plain or compressed.
 *
 * @param name the name in messages
 */
record IdxPair(String name, Path images, Path labels) {
    private static final List<String> PREFIXES = List.of("train", "t10k", "test");
    /** Formats of the text after the prefix. The first argument is images or labels, the second one is idx3 or idx1. */
    private static final List<String> SPELLINGS = List.of("-%s-%s-ubyte", "-%s.%s-ubyte", "_%s_%s_ubyte", "-%s-%s-ubyte.%2$s",
            "-%s-%s",
            "-%s.%s", "-%s.idx", "-%s.ubyte");
    private static final List<String> ENDINGS = List.of("", ".gz", ".xz", ".bz2", ".zst");
    private static final Pattern IMAGES = Pattern.compile("(.+)(?:_images_idx3_ubyte"
            + "|-images(?:[-.]idx3-ubyte|-idx3-ubyte\\.idx3|[-.]idx3|\\.idx|\\.ubyte))(?:\\.gz|\\.xz|\\.bz2|\\.zst)?");

    /**
     * @param location the files' prefix, or a folder; in a folder the training set comes first, then the test set, then a set with another
     *        name
     */
    static IdxPair find(Path location) throws SourceException {
        for (final Path prefix : prefixes(location)) {
            final Optional<Path> images = existing(prefix, "images", "idx3");
            if (images.isPresent())
                return new IdxPair(String.valueOf(images.get()), images.get(),
                        existing(prefix, "labels", "idx1").orElseThrow(() -> new SourceException(
                                "idx:" + location + " has " + images.get() + " but no labels: expected " + prefix
                                        + "-labels-idx1-ubyte or the same compressed beside it")));
        }
        throw new SourceException("idx:" + location + " has no images: expected "
                + (Files.isDirectory(location) ? location.resolve("{train,t10k}") : location)
                + "-images-idx3-ubyte or the same compressed");
    }

    private static List<Path> prefixes(Path location) throws SourceException {
        if (!Files.isDirectory(location))
            return List.of(location);
        final List<Path> prefixes = new ArrayList<>(PREFIXES.stream().map(location::resolve).toList());
        final TreeSet<String> others = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(location)) {
            for (final Path entry : entries) {
                final Matcher name = IMAGES.matcher(FileName.of(entry));
                if (name.matches())
                    others.add(name.group(1));
            }
        } catch (IOException e) {
            throw new SourceException("idx:" + location + " cannot be listed: " + e.getMessage(), e);
        }
        if (others.size() > 1 && PREFIXES.stream().noneMatch(others::contains))
            throw new SourceException("idx:" + location + " has several sets, " + others + ": name one, such as idx:"
                    + location.resolve(others.first()));
        others.forEach(prefix -> prefixes.add(FileName.below(location, prefix)));
        return prefixes;
    }

    private static Optional<Path> existing(Path prefix, String kind, String format) {
        return SPELLINGS.stream()
                .flatMap(spelling -> ENDINGS.stream().map(ending -> spelling.formatted(kind, format) + ending))
                .map(name -> beside(prefix, FileName.of(prefix) + name)).filter(Files::isRegularFile)
                .findFirst();
    }

    private static Path beside(Path prefix, String name) {
        return Places.isPlace(prefix) ? prefix.resolveSibling(name) : prefix.resolveSibling(FileName.path(name));
    }
}
