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

/** What a dry run found in a source. Confined to one thread at a time. */
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

    /**
     * A sample that can be used.
     *
     * @param encoded its bytes; 0 where it came as pixels
     */
    record Image(int label, int width, int height, int encoded) {
        static Image of(Sample sample) throws RejectedImageException {
            return switch (sample.content()) {
                case Sample.Encoded image -> {
                    final ImageHeader header = ImageHeader.read(image.bytes());
                    yield new Image(sample.label(), header.width(), header.height(), image.bytes().length);
                }
                case Sample.Pixels pixels -> new Image(sample.label(), pixels.width(), pixels.height(), 0);
                case Sample.Unreadable nothing -> throw new IllegalArgumentException(sample.name() + " is not readable");
            };
        }
    }

    void found(Image image) {
        byLabel.merge(image.label(), 1L, Long::sum);
        widths.accept(image.width());
        heights.accept(image.height());
        if (image.encoded() > 0)
            encoded.accept(image.encoded());
    }

    /** So far, in words. */
    String count() {
        return String.format(Locale.ROOT, "%,d images, %,d would be rejected", widths.getCount(), rejected);
    }

    void rejected(String name, String reason) {
        rejected++;
        if (firstRejected.size() < SHOWN)
            firstRejected.add(name + ": " + reason);
    }

    boolean usable() {
        return widths.getCount() > 0;
    }

    void print(StreamSettings stream, PrintStream out) {
        out.printf(Locale.ROOT, "%s%n  %s%n", stream.source(), count());
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
