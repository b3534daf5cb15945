package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The memory of a process over time: its live heap, after a full collection, and its resident set. Confined to one thread. */
final class SoakMemory {
    private static final Duration EVERY = Duration.ofSeconds(30);
    /** Growth from the second quarter of the time to the last one that counts as flat: a share, and bytes that the share adds to. */
    private static final double SHARE = 1.1;
    private static final long SLACK_BYTES = 4 << 20;

    private final long pid;
    private final Duration every;
    private final List<Long> heap = new ArrayList<>();
    private final List<Long> resident = new ArrayList<>();
    private long measured = System.nanoTime();

    SoakMemory(long pid) {
        this(pid, EVERY);
    }

    /** @param every least time between two measurements */
    SoakMemory(long pid, Duration every) {
        this.pid = pid;
        this.every = every;
    }

    /** Measures, unless the last measurement is too young. */
    void measure() throws IOException, InterruptedException {
        if (System.nanoTime() - measured < every.toNanos())
            return;
        measured = System.nanoTime();
        heap.add(liveBytes());
        resident.add(residentBytes());
    }

    /** @throws AssertionError if the heap or the resident set has grown from the second quarter to the last one */
    void requireFlat() {
        assertThat(last(heap)).as("live heap %s", this).isLessThan((long) (SHARE * second(heap)) + SLACK_BYTES);
        assertThat(last(resident)).as("resident set %s", this).isLessThan((long) (SHARE * second(resident)) + SLACK_BYTES);
    }

    /** The most live heap of all measurements, in bytes; 0 before the first one. */
    long mostHeap() {
        return most(heap);
    }

    /** The largest resident set of all measurements, in bytes; 0 before the first one. */
    long mostResident() {
        return most(resident);
    }

    private static long most(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static long second(List<Long> values) {
        return median(values.subList(values.size() / 4, values.size() / 2));
    }

    private static long last(List<Long> values) {
        return median(values.subList(values.size() * 3 / 4, values.size()));
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private long liveBytes() throws IOException, InterruptedException {
        final Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid), "GC.class_histogram").redirectErrorStream(true).start();
        final String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return bytes(said, "Total ") - bytes(said, ".*FillerElement;");
    }

    /** The bytes in the line of a histogram; 0 if there is none. Elements that fill holes between live objects are no live objects. */
    private static long bytes(String histogram, String name) {
        return histogram.lines().filter(line -> line.matches("(\\s*\\d+:\\s+\\d+\\s+\\d+\\s+)?" + name + ".*"))
                .map(line -> line.strip().split("\\s+")).mapToLong(words -> Long.parseLong(words[2])).findFirst().orElse(0);
    }

    private long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst().orElseThrow();
    }

    /** The first, the median of the second and of the last quarter, and the largest value of both, in MiB. */
    @Override
    public String toString() {
        return heap.size() < 4
                ? "measured " + heap.size() + " times"
                : "live heap " + described(heap) + ", resident set " + described(resident);
    }

    private static String described(List<Long> values) {
        return String.format(Locale.ROOT, "%.1f MiB at first, %.1f in the second quarter, %.1f in the last, %.1f at most",
                mebibytes(values.getFirst()), mebibytes(second(values)), mebibytes(last(values)),
                mebibytes(most(values)));
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
