package retort.ingest.source.folder;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The image files below a folder, told by their names, in torchvision's order: folder by folder, each by name. */
final class ImageFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFiles.class);
    private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "webp", "bmp", "gif", "ppm", "pgm", "tif", "tiff");

    private ImageFiles() {
    }

    /**
     * Paths relative to {@code folder}, with {@code /} between names. Links are followed, except into a folder that holds them.
     * A link to nothing is listed if its name is an image's: it will be rejected by name when it is read.
     *
     * @throws IOException when a folder cannot be listed: leaving it out would move every other sample
     */
    static List<String> below(Path folder) throws IOException {
        final List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(folder) || !hidden(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if ((attributes.isRegularFile() || attributes.isSymbolicLink()) && isImage(file)) // a link that still is one leads nowhere
                    found.add(folder.relativize(file));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException reason) throws IOException {
                if (!(reason instanceof FileSystemLoopException))
                    throw reason;
                LOG.warn("{} leads back to a folder that holds it and is not followed", file);
                return FileVisitResult.CONTINUE;
            }
        });
        final Comparator<Path> byFolder = Comparator.comparing(file -> file.getParent() == null ? "" : name(file.getParent()));
        return found.stream().sorted(byFolder.thenComparing(file -> name(file.getFileName()))).map(ImageFiles::name).toList();
    }

    static boolean isImage(Path file) {
        final String name = name(file.getFileName());
        final int dot = name.lastIndexOf('.');
        return !hidden(file) && dot >= 0 && ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }

    private static boolean hidden(Path path) {
        return name(path.getFileName()).startsWith(".");
    }

    private static String name(Path path) {
        return String.valueOf(path).replace(path.getFileSystem().getSeparator(), "/");
    }
}
