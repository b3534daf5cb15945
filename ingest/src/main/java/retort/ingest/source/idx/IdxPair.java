package retort.ingest.source.idx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import retort.ingest.source.SourceException;

/**
 * An images file and the labels file that belongs to it, found by MNIST's names: PREFIX-images-idx3-ubyte[.gz] and
 * PREFIX-labels-idx1-ubyte[.gz].
 *
 * @param name for people
 */
record IdxPair(String name, Path images, Path labels) {
    private static final List<String> PREFIXES = List.of("train", "t10k", "test");

    /** @param location a folder, of which the training set is taken (the test set where there is no other), or the files' prefix */
    static IdxPair find(Path location) throws SourceException {
        final List<Path> prefixes = Files.isDirectory(location)
                ? PREFIXES.stream().map(location::resolve).toList()
                : List.of(location);
        for (final Path prefix : prefixes) {
            final Optional<Path> images = existing(prefix, "images-idx3-ubyte");
            if (images.isPresent())
                return new IdxPair(String.valueOf(images.get()), images.get(),
                        existing(prefix, "labels-idx1-ubyte").orElseThrow(() -> new SourceException(
                                "idx:" + location + " has " + images.get() + " but no labels: expected " + prefix
                                        + "-labels-idx1-ubyte or the same with .gz beside it")));
        }
        throw new SourceException("idx:" + location + " has no images: expected "
                + (Files.isDirectory(location) ? location.resolve("{train,t10k}") : location)
                + "-images-idx3-ubyte or the same with .gz");
    }

    private static Optional<Path> existing(Path prefix, String kind) {
        return Stream.of("", ".gz").map(ending -> Path.of(prefix + "-" + kind + ending)).filter(Files::isRegularFile)
                .findFirst();
    }
}
