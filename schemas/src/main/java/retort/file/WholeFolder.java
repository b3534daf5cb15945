package retort.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Writes a folder beside its final place, syncs it to disk, and renames it. A reader of the place sees no folder, or the old one, and then
 * the complete new one, even if the writing process is killed at any moment.
 */
public final class WholeFolder {
    private WholeFolder() {
    }

    /** Writes the files of one folder. */
    @FunctionalInterface
    public interface Content {
        /** @param folder new and empty; each file in it is synced when this returns, as {@link WholeFile} does it */
        void writeTo(Path folder) throws IOException;
    }

    /**
     * Creates the folder at {@code place}, or replaces it. If {@code place} is a symbolic link, the folder that the link points to is
     * replaced. An earlier folder with files in it is exchanged with the new one in one step, and then deleted. If {@code content} or the
     * disk fails, the earlier folder stays and nothing is left aside.
     *
     * @param mayBeReplaced tests the earlier folder, if it has files in it
     * @throws IOException if the folder cannot be written or replaced; the message names {@code place} and says what to do
     */
    public static void write(Path place, Predicate<Path> mayBeReplaced, Content content) throws IOException {
        final Path target = Files.exists(place) ? place.toRealPath() : place.toAbsolutePath().normalize();
        final boolean isFull = Files.exists(target) && !isEmptyFolder(target);
        if (isFull && !(Files.isDirectory(target) && mayBeReplaced.test(target)))
            throw new IOException(place + " exists already, and no earlier export of a folder has made it: remove it, or give a"
                    + " folder that does not exist or is empty");
        final Path parent = WholeFile.folderOf(target);
        try (Aside aside = Aside.beside(target)) {
            Files.createDirectory(aside.folder());
            content.writeTo(aside.folder());
            WholeFile.sync(aside.folder());
            if (isFull)
                Exchange.of(aside.folder(), target);
            else
                Files.move(aside.folder(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            WholeFile.sync(parent);
        } catch (IOException | UncheckedIOException e) {
            throw WholeFile.cannot(place, parent, root(e));
        }
    }

    /** The first failure, because the messages above it name the folder that is written aside. */
    private static IOException root(Exception failure) {
        IOException root = new IOException(String.valueOf(failure.getMessage()), failure);
        for (Throwable at = failure; at != null; at = at.getCause())
            if (at instanceof IOException found)
                root = found;
        return root;
    }

    private static boolean isEmptyFolder(Path place) throws IOException {
        if (!Files.isDirectory(place))
            return false;
        try (Stream<Path> inside = Files.list(place)) {
            return inside.findAny().isEmpty();
        }
    }
}
