package retort.trainer.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Counts the cores of the machine. Two hardware threads of a core share its units for matrix products, so they count once. Any thread. */
final class Cores {
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");
    private static final List<String> PLACE = List.of("topology/physical_package_id", "topology/core_id");

    private Cores() {
    }

    /** The number of cores that this process may use, at least 1; the number of processors where the system does not tell cores. */
    static int physical() {
        return physical(PROCESSORS, Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param folder the folder in which Linux describes each processor
     * @param available number of processors that this process may use
     */
    static int physical(Path folder, int available) {
        try (Stream<Path> entries = Files.list(folder)) {
            final Set<String> places = new HashSet<>();
            int processors = 0;
            for (final Path processor : entries.filter(entry -> entry.getFileName().toString().matches("cpu\\d+")).toList()) {
                final StringBuilder place = new StringBuilder();
                for (final String part : PLACE)
                    place.append(Files.readString(processor.resolve(part)).strip()).append(' ');
                places.add(place.toString());
                processors++;
            }
            // A container may use fewer processors than there are, and nobody tells which: they may all be on cores of their own.
            return processors == available ? places.size() : available;
        } catch (IOException e) {
            return available;
        }
    }
}
