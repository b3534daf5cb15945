package example;

import java.util.List;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;

/** ingest.source = "stripes:1000" makes a thousand grey images of stripes, upright and level in turn. */
public final class Stripes implements DataSourceFactory {
    @Override
    public String scheme() {
        return "stripes";
    }

    @Override
    public String usage() {
        return "stripes:COUNT  images of stripes";
    }

    @Override
    public DataSource open(String location, SourceContext context) throws SourceException {
        if (!location.matches("\\d{1,9}"))
            throw new SourceException("stripes:" + location + ": give the number of images, such as stripes:1000");
        return new Images(Long.parseLong(location));
    }

    /** Any sample by its number, from several threads at once: the same number is always the same image. */
    private record Images(long size) implements IndexedSource {
        private static final int SIDE = 28;

        @Override
        public List<String> classNames() {
            return List.of("upright", "level");
        }

        @Override
        public int label(long index) {
            return (int) (index % 2);
        }

        @Override
        public Sample read(long index) {
            final byte[] pixels = new byte[SIDE * SIDE];
            for (int y = 0; y < SIDE; y++)
                for (int x = 0; x < SIDE; x++)
                    pixels[y * SIDE + x] = (byte) (((label(index) == 0 ? x : y) + index) % 8 < 4 ? 255 : 0);
            // a file's bytes would be Sample.encoded(index, name, label, bytes)
            return new Sample(index, "stripes " + index, label(index), new Sample.Pixels(pixels, 0, SIDE, SIDE, 1));
        }

        @Override
        public void close() {
        }
    }
}
