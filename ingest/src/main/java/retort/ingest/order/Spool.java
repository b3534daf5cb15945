package retort.ingest.order;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import retort.ingest.source.Sample;

/**
 * Keeps the samples of a shuffle window in a temporary file until their turn comes, because a window of photographs is larger than the heap
 * should be. One thread writes it, then any thread reads it. The file's space is free when nothing refers to its samples any more.
 */
final class Spool {
    private final MemorySegment data;
    private final List<PendingSample> samples = new ArrayList<>();

    private Spool(MemorySegment data) {
        this.data = data;
    }

    /**
     * Reads the next {@code count} samples of {@code reader} into a new file.
     *
     * @return the samples in the reader's order
     * @throws UncheckedIOException if the file cannot be written
     */
    static List<PendingSample> of(EpochReader reader, int count) {
        try {
            final Path file = Files.createTempFile("retort-window-", null);
            try {
                final List<EpochReader.Read> reads = new ArrayList<>(count);
                final List<Long> ends = new ArrayList<>(count);
                long end = 0;
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                    for (int i = 0; i < count; i++) {
                        final EpochReader.Read read = reader.next();
                        end += write(read, out);
                        reads.add(read.withoutBytes());
                        ends.add(end);
                    }
                }
                final Spool spool = new Spool(map(file));
                for (int i = 0; i < count; i++)
                    spool.samples.add(spool.new Spooled(reads.get(i), i == 0 ? 0 : ends.get(i - 1), ends.get(i)));
                return spool.samples;
            } finally {
                Files.delete(file); // the mapping stays valid without the file's name
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "samples to be shuffled cannot be kept in " + System.getProperty("java.io.tmpdir") + ": "
                            + e.getMessage()
                            + ": make room there, or name another folder by RETORT_JVM=-Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private static MemorySegment map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    private static int write(EpochReader.Read read, OutputStream out) throws IOException {
        if (!(read instanceof EpochReader.Found(Sample sample)))
            return 0;
        return switch (sample.content()) {
            case Sample.Encoded encoded -> {
                out.write(encoded.bytes());
                yield encoded.bytes().length;
            }
            case Sample.Pixels pixels -> {
                final int length = pixels.height() * pixels.width() * pixels.channels();
                out.write(pixels.bytes(), pixels.offset(), length);
                yield length;
            }
            case Sample.Unreadable unreadable -> 0;
        };
    }

    private final class Spooled implements PendingSample {
        private final EpochReader.Read read;
        private final long from;
        private final long to;

        Spooled(EpochReader.Read read, long from, long to) {
            this.read = read;
            this.from = from;
            this.to = to;
        }

        @Override
        public long id() {
            return read.id();
        }

        @Override
        public int label() {
            return read instanceof EpochReader.Found(Sample sample) ? sample.label() : -1;
        }

        @Override
        public Sample read() throws IOException {
            return switch (read) {
                case EpochReader.Failed failed -> throw new IOException(failed.reason());
                case EpochReader.Found(Sample sample) -> sample.with(filled(sample.content()));
            };
        }

        private Sample.Content filled(Sample.Content empty) {
            final byte[] bytes = data.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE);
            return switch (empty) {
                case Sample.Encoded encoded -> new Sample.Encoded(bytes);
                case Sample.Pixels p -> new Sample.Pixels(bytes, 0, p.height(), p.width(), p.channels());
                case Sample.Unreadable unreadable -> unreadable;
            };
        }
    }
}
