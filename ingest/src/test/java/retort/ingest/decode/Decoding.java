package retort.ingest.decode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import retort.ingest.budget.ByteBudget;
import retort.ingest.decode.DecodeSettings.Library;

/** Bundled files and complete decodings, for tests. */
final class Decoding {
    private Decoding() {
    }

    /** Files of a test resource folder, by name. */
    static List<Path> files(String resources) {
        try (Stream<Path> files = Files.list(
                Path.of(Objects.requireNonNull(Decoding.class.getResource(resources), resources).toURI()))) {
            return files.filter(file -> !file.toString().endsWith(".safetensors")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Decoder decoder(Library library, long maxPixels) {
        return new Decoder(new DecodeSettings(library, false, maxPixels), new ByteBudget(1 << 24));
    }

    static byte[] whole(Decoder decoder, byte[] bytes) throws RejectedImageException {
        final ImageHeader header = decoder.header(bytes);
        return region(decoder, bytes, new Region(0, 0, header.width(), header.height()));
    }

    /** The RGB values of a region. */
    static byte[] region(Decoder decoder, byte[] bytes, Region region) throws RejectedImageException {
        try (Decoded decoded = decoder.decode(bytes, decoder.header(bytes), region, 1, 1)) {
            final int channels = decoded.rows().channels();
            final byte[] row = new byte[region.width() * channels];
            final byte[] rgb = new byte[region.width() * region.height() * 3];
            for (int y = 0; y < region.height(); y++) {
                decoded.rows().copy(decoded.box().top() + y, decoded.box().left(), region.width(), row, 0);
                for (int i = 0; i < region.width() * 3; i++)
                    rgb[y * region.width() * 3 + i] = row[channels == 3 ? i : i / 3];
            }
            return rgb;
        }
    }
}
