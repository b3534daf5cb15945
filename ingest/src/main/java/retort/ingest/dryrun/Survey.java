package retort.ingest.dryrun;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.TreeMap;
import retort.ingest.decode.ImageHeader;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.Sample;

/** Counts the samples of one source that a dry run has looked at. Any thread adds to it. */
final class Survey {
    private static final int SHOWN = 20;

    private final List<String> classNames;
    private final TreeMap<Integer, Long> byLabel = new TreeMap<>();
    private final LongSummaryStatistics widths = new LongSummaryStatistics();
    private final LongSummaryStatistics heights = new LongSummaryStatistics();
    private final LongSummaryStatistics encoded = new LongSummaryStatistics();
    private final List<String> firstRejected = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private long rejected;

    /** @param classNames names by class index; empty if the source names no classes */
    Survey(List<String> classNames) {
        this.classNames = classNames;
    }

    /** Counts a sample that ingest would publish. */
    synchronized void found(Sample sample) {
        switch (sample.content()) {
            case Sample.Encoded image -> {
                final ImageHeader header = header(image.bytes());
                add(sample.label(), header.width(), header.height());
                encoded.accept(image.bytes().length);
            }
            case Sample.Pixels pixels -> add(sample.label(), pixels.width(), pixels.height());
            case Sample.Unreadable _ -> throw new IllegalArgumentException(sample.name() + " is not readable");
        }
    }

    private static ImageHeader header(byte[] image) {
        try {
            return ImageHeader.read(image);
        } catch (RejectedImageException e) {
            throw new IllegalArgumentException(e); // a recipe has decoded it
        }
    }

    private void add(int label, int width, int height) {
        byLabel.merge(label, 1L, Long::sum);
        widths.accept(width);
        heights.accept(height);
    }

    /** The counts up to now, in words. */
    synchronized String count() {
        return String.format(Locale.ROOT, "%,d images, %,d would be rejected", widths.getCount(), rejected);
    }

    /** Counts a sample that ingest would reject. */
    synchronized void rejected(String name, String reason) {
        rejected++;
        if (firstRejected.size() < SHOWN)
            firstRejected.add(name + ": " + reason);
    }

    /** Notes the first reason for which ingest would stop. */
    synchronized void fault(String reason) {
        if (faults.isEmpty())
            faults.add(reason);
    }

    /** True if ingest would publish the source to its end. */
    synchronized boolean sound() {
        return faults.isEmpty();
    }

    synchronized void print(StreamSettings stream, DataSource source, PrintStream out) {
        out.printf(Locale.ROOT, "%s%n  %s%n", stream.shown(), count());
        source.findings().remarks().forEach(remark -> out.println("  " + remark));
        if (widths.getCount() > 0)
            out.printf(Locale.ROOT, "  width %,d to %,d (mean %,.0f), height %,d to %,d (mean %,.0f)%n", widths.getMin(),
                    widths.getMax(), widths.getAverage(), heights.getMin(), heights.getMax(), heights.getAverage());
        if (encoded.getCount() > 0)
            out.printf(Locale.ROOT, "  encoded %,d to %,d bytes (mean %,.0f)%n", encoded.getMin(), encoded.getMax(),
                    encoded.getAverage());
        out.printf(Locale.ROOT, "  %,d classes%n", classNames.size());
        byLabel.entrySet().stream().limit(SHOWN)
                .forEach(entry -> out.printf(Locale.ROOT, "    %s: %,d%n", name(entry.getKey()), entry.getValue()));
        if (byLabel.size() > SHOWN)
            out.printf(Locale.ROOT, "    and %,d more%n", byLabel.size() - SHOWN);
        firstRejected.forEach(line -> out.println("  would be rejected: " + line));
        if (rejected > firstRejected.size())
            out.printf(Locale.ROOT, "  and %,d more%n", rejected - firstRejected.size());
        source.findings().passedOver().text().ifPresent(text -> out.println("  " + text));
        faults.forEach(fault -> out.println("  ingest would stop: " + fault));
    }

    private String name(int label) {
        return label < 0 ? "without a label" : label < classNames.size() ? classNames.get(label) : "unknown class " + label;
    }
}
