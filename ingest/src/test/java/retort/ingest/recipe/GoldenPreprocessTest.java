package retort.ingest.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import retort.ingest.decode.ArrayRows;
import retort.ingest.budget.ByteBudget;
import retort.ingest.decode.DecodeSettings;
import retort.ingest.decode.DecodeSettings.Library;
import retort.ingest.decode.Decoded;
import retort.ingest.decode.Decoder;
import retort.ingest.decode.ImageHeader;
import retort.ingest.decode.Region;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.golden.Golden;
import retort.ingest.golden.Tensors;
import retort.ingest.recipe.resample.Filter;
import retort.ingest.recipe.resample.Resampler;
import retort.random.CounterRandom;

/** Compares pixels with the reference: Pillow's decoder, torchvision's crops, Pillow's resampling. */
class GoldenPreprocessTest {
    private static final List<Library> LIBRARIES = List.of(Library.AUTO, Library.IMAGEIO);

    private long values;
    private double worst;

    @Test
    void decodesAsPillowDoes() throws Exception {
        for (final Golden.Set set : Golden.sets("preprocess"))
            for (final Library library : LIBRARIES) {
                values = 0;
                worst = 0;
                final Tensors tensors = tensors(set);
                for (final Config image : set.json().getConfigList("images")) {
                    final String id = image.getString("id");
                    final byte[] got = decode(Files.readAllBytes(set.folder().resolve(image.getString("file"))), library);
                    final String sensible = "decoded_high_byte." + id;
                    final byte[] expected = tensors.bytes(tensors.has(sensible) ? sensible : "decoded." + id);
                    compareDecoded(id, got, expected, image.getBoolean("jpeg"), image.getString("stored_mode"));
                }
                set.report("decoded by " + library, values, worst);
            }
    }

    @Test
    void refusesWhatPillowCannotRead() throws Exception {
        for (final Golden.Set set : Golden.sets("preprocess"))
            for (final Library library : LIBRARIES)
                for (final Config bad : set.json().getConfigList("unreadable")) {
                    final byte[] bytes = Files.readAllBytes(set.folder().resolve(bad.getString("file")));
                    assertThatThrownBy(() -> decode(bytes, library)).as("%s by %s", bad.getString("file"), library)
                            .isInstanceOf(RejectedImageException.class);
                }
    }

    @Test
    void cropsAndResizesBitForBit() throws Exception {
        for (final Golden.Set set : Golden.sets("preprocess")) {
            values = 0;
            worst = 0;
            final Tensors tensors = tensors(set);
            for (final Config image : set.json().getConfigList("images")) {
                final String id = image.getString("id");
                final int[] shape = tensors.shape("decoded." + id);
                final ArrayRows rows = new ArrayRows(tensors.bytes("decoded." + id), 0, shape[1], shape[0], 3);
                for (final Config crop : image.getConfigList("crops")) {
                    final String name = "crop." + id + "." + crop.getInt("index");
                    final int size = tensors.shape(name)[0];
                    final Region box = new Region(crop.getInt("left"), crop.getInt("top"), crop.getInt("width"),
                            crop.getInt("height"));
                    compareResized(name, resize(rows,
                            new Cut(box, size, size, new Region(0, 0, size, size), crop.getBoolean("flip_after_resize"))),
                            tensors);
                }
                for (final Config eval : image.getConfigList("eval")) {
                    final int size = eval.getInt("input_size");
                    final Cut cut = new CentreCrop(size, eval.getInt("resize_short_edge")).cut(shape[1], shape[0],
                            CounterRandom.of(0, "unused", 0, 0));
                    assertThat(List.of(cut.width(), cut.height(), cut.window().top(), cut.window().left()))
                            .isEqualTo(List.of(eval.getInt("resized_width"), eval.getInt("resized_height"),
                                    eval.getInt("crop_top"), eval.getInt("crop_left")));
                    compareResized("eval" + size + "." + id, resize(rows, cut), tensors);
                }
            }
            set.report("resized", values, worst);
        }
    }

    @Test
    void placesTheCentreCropAsTorchvisionDoes() {
        for (final Golden.Set set : Golden.sets("preprocess")) {
            final CounterRandom unused = CounterRandom.of(0, "unused", 0, 0);
            for (final Config offset : set.json().getConfigList("centre_crop_offsets")) {
                final int size = offset.getInt("size");
                final Cut cut = new CentreCrop(offset.getInt("crop"), size).cut(size, size, unused);
                assertThat(cut.window().left()).isEqualTo(offset.getInt("offset"));
            }
            for (final Config edge : set.json().getConfigList("short_edge_resize")) {
                final Cut cut = new CentreCrop(8, edge.getInt("short_edge")).cut(edge.getInt("width"), edge.getInt("height"),
                        unused);
                assertThat(List.of(cut.width(), cut.height())).isEqualTo(edge.getIntList("resized"));
            }
        }
    }

    @Test
    void normalisedPixelsFollowFromTheStoredOnes() throws Exception {
        for (final Golden.Set set : Golden.sets("preprocess")) {
            final Tensors tensors = tensors(set);
            final List<Double> mean = set.json().getDoubleList("mean");
            final List<Double> std = set.json().getDoubleList("std");
            final double tolerance = set.json().getDouble("tolerance.normalised_from_stored_uint8.abs");
            values = 0;
            worst = 0;
            for (final String name : normalised(set, tensors)) {
                final byte[] pixels = tensors.bytes(name.replace("_norm", ""));
                final float[] expected = tensors.floats(name);
                final int plane = pixels.length / 3;
                for (int i = 0; i < pixels.length; i++) {
                    final int c = i / plane;
                    final float got = ((pixels[i % plane * 3 + c] & 0xFF) / 255f - mean.get(c).floatValue())
                            / std.get(c).floatValue();
                    worst = Math.max(worst, Math.abs(got - expected[i]) / tolerance);
                    values++;
                }
            }
            assertThat(worst).isLessThanOrEqualTo(1);
            set.report("normalised", values, worst);
        }
    }

    private static List<String> normalised(Golden.Set set, Tensors tensors) {
        return set.json().getConfigList("images").stream().flatMap(image -> {
            final String id = image.getString("id");
            return java.util.stream.Stream.concat(
                    image.getConfigList("crops").stream().map(crop -> "crop_norm." + id + "." + crop.getInt("index")),
                    image.getConfigList("eval").stream().map(eval -> "eval" + eval.getInt("input_size") + "_norm." + id));
        }).filter(tensors::has).toList();
    }

    /** The golden set allows a difference of 1 in 97% of the values. This test accepts only equal values. */
    private void compareResized(String name, byte[] got, Tensors tensors) {
        assertThat(got).as(name).isEqualTo(tensors.bytes(name));
        values += got.length;
    }

    private void compareDecoded(String id, byte[] got, byte[] expected, boolean jpeg, String mode) {
        assertThat(got).as(id).hasSameSizeAs(expected);
        values += got.length;
        if (!jpeg) {
            assertThat(got).as(id).isEqualTo(expected);
            return;
        }
        final int limit = mode.equals("CMYK") ? 3 : 2;
        long above = 0;
        double sum = 0;
        for (int i = 0; i < got.length; i++) {
            final int difference = Math.abs((got[i] & 0xFF) - (expected[i] & 0xFF));
            above += difference > limit ? 1 : 0;
            sum += difference;
        }
        final double used = Math.max(above / (0.01 * got.length), mode.equals("CMYK") ? 0 : sum / got.length / 0.75);
        assertThat(used).as("share of tolerance, %s", id).isLessThanOrEqualTo(1);
        worst = Math.max(worst, used);
    }

    private static byte[] resize(ArrayRows rows, Cut cut) {
        final byte[] got = new byte[cut.window().height() * cut.window().width() * rows.channels()];
        new Resampler(Filter.BICUBIC).resize(rows, cut.box(), cut.width(), cut.height(), cut.window(), cut.mirror(), got, 0);
        return got;
    }

    private static byte[] decode(byte[] bytes, Library library) throws RejectedImageException {
        try (Decoder decoder = new Decoder(new DecodeSettings(library, false, 40_000_000), new ByteBudget(1 << 24))) {
            final ImageHeader header = decoder.header(bytes);
            final Region whole = new Region(0, 0, header.width(), header.height());
            try (Decoded decoded = decoder.decode(bytes, header, whole, 1, 1)) {
                final byte[] rgb = new byte[header.width() * header.height() * 3];
                for (int y = 0; y < header.height(); y++)
                    rgb(decoded, y, header.width(), rgb);
                return rgb;
            }
        }
    }

    private static void rgb(Decoded decoded, int y, int width, byte[] into) {
        final byte[] row = new byte[width * decoded.rows().channels()];
        decoded.rows().copy(decoded.box().top() + y, decoded.box().left(), width, row, 0);
        for (int i = 0; i < width * 3; i++)
            into[y * width * 3 + i] = row[decoded.rows().channels() == 3 ? i : i / 3];
    }

    private static Tensors tensors(Golden.Set set) throws IOException {
        return Tensors.read(set.folder().resolve(set.json().getString("tensors")));
    }
}
