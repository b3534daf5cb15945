package retort.trainer.watch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import retort.file.WholeFile;
import retort.record.TrainingProgress;

/**
 * Writes reports to the TensorBoard event files of one run. Each start of a process adds a file, because TensorBoard reads a file only
 * forward and goes on to the next one.
 */
final class EventReports implements ReportWriter {
    private static final String PREFIX = "events.out.tfevents.";
    private static final String SUFFIX = ".train";

    private final Path folder;
    private @Nullable EventFile file;

    /** @param folder the run's own folder, made if it does not exist */
    EventReports(Path folder) {
        this.folder = folder;
    }

    @Override
    public void open(long step) {
        try {
            Files.createDirectories(folder);
            final List<Path> before = written();
            for (final Path old : before) {
                final byte[] bytes = Files.readAllBytes(old);
                final int kept = EventFile.keep(bytes, step);
                // A new file, because an older trainer of this run, which is not yet aware of this one, may still append to the old one.
                WholeFile.write(old, Arrays.copyOf(bytes, kept));
            }
            file = EventFile.create(folder.resolve(next(before)), step);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private List<Path> written() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> isOurs(path.getFileName().toString())).sorted().toList();
        }
    }

    private static boolean isOurs(String name) {
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    /** TensorBoard reads files in the order of their names, so the number in the new name is larger than in all names before. */
    private static String next(List<Path> before) {
        long number = Instant.now().getEpochSecond();
        if (!before.isEmpty()) {
            final String last = before.getLast().getFileName().toString();
            final String digits = last.substring(PREFIX.length(), last.length() - SUFFIX.length());
            if (digits.matches("\\d{10}"))
                number = Math.max(number, Long.parseLong(digits) + 1);
        }
        return PREFIX + String.format("%010d", number) + SUFFIX;
    }

    @Override
    public void write(TrainingProgress report) {
        if (file == null)
            return;
        final EventFile.Summary summary = new EventFile.Summary();
        report.getLosses().forEach((part, loss) -> summary.scalar("loss/" + part, loss));
        summary.scalar("lr", report.getLearningRate()).scalar("images_per_second", report.getImagesPerSecond())
                .scalar("data_wait", report.getWaitingShare()).scalar("epoch", report.getEpoch());
        if (report.getGradientNorm() != null)
            summary.scalar("grad_norm", report.getGradientNorm());
        try {
            file.append(report.getStep(), summary);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        final @Nullable EventFile open = file;
        file = null;
        if (open == null)
            return;
        try {
            open.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("TensorBoard folder " + folder + " cannot be written: " + e.getMessage(), e);
    }
}
