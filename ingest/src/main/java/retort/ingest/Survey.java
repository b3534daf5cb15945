package retort.ingest;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.TreeMap;
import retort.ingest.decode.ImageHeader;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.source.Sample;

/** What a dry run found in a source. Any thread. */
final class Survey {
    private static final int SHOWN = 20;

    private final List<String> classNames;
    private final TreeMap<Integer, Long> byLabel = new TreeMap<>();
    private final LongSummaryStatistics widths = new LongSummaryStatistics();
    private final LongSummaryStatistics heights = new LongSummaryStatistics();
    private final LongSummaryStatistics encoded = new LongSummaryStatistics();
    private final List<String> firstRejected = new ArrayList<>();
    private long rejected;

    Survey(List<String> classNames) {
        this.classNames = classNames;
    }

    synchronized void found(Sample sample) throws RejectedImageException {
        byLabel.merge(sample.label(), 1L, Long::sum);
        switch (sample.content()) {
            case Sample.Encoded image -> {
                final ImageHeader header = ImageHeader.read(image.bytes());
                widths.accept(header.width());
                heights.accept(header.height());
                encoded.accept(image.bytes().length);
            }
            case Sample.Pixels pixels -> {
                widths.accept(pixels.width());
                heights.accept(pixels.height());
            }
            case Sample.Unreadable nothing -> {
            }
        }
    }

    synchronized void rejected(String name, String reason) {
        rejected++;
        if (firstRejected.size() < SHOWN)
            firstRejected.add(name + ": " + reason);
    }

    synchronized boolean usable() {
        return widths.getCount() > 0;
    }

    synchronized void print(StreamSettings stream, PrintStream out) {
        out.printf(Locale.ROOT, "%s%n  %,d images, %,d would be rejected%n", stream.source(), widths.getCount(), rejected);
        if (usable())
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
    }

    private String name(int label) {
        return label < 0 ? "without a label" : label < classNames.size() ? classNames.get(label) : "unknown class " + label;
    }
}
