package retort.ingest.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Names of classes where a layout has none of its own, or keeps them in a file. */
public final class ClassNames {
    /** More classes than this are a mistake. */
    public static final int MOST = 1 << 20;

    private ClassNames() {
    }

    /** {@code "0"} to {@code count - 1}: labels are all that is known. */
    public static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    /** One name a line, blank lines left out. @throws SourceException when it cannot be read or holds none */
    public static List<String> fromFile(Path file) throws SourceException {
        final List<String> names = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null && names.size() <= MOST; line = lines.readLine())
                if (!line.isBlank())
                    names.add(line.strip());
        } catch (IOException e) {
            throw new SourceException("class names in " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (names.isEmpty() || names.size() > MOST)
            throw new SourceException(file + " must hold one class name a line, 1 to " + MOST + " of them");
        return List.copyOf(names);
    }
}
