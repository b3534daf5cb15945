package retort.ingest.decode;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * The JDK's decoders, and TwelveMonkeys' decoder for WebP. Rasters are read as stored and converted here, because ImageIO converts grey,
 * CMYK and 16-bit images differently from Pillow. One thread uses it at a time. It owns its readers until it is closed.
 */
final class ImageIoDecoder implements AutoCloseable {
    /** The approximate number of bytes that are decoded onto the heap at one time. */
    private static final int STRIP_BYTES = 24 << 20;
    /** The largest WebP image that is read, in pixels. TwelveMonkeys' reader holds the whole image, even if a part is asked for. */
    private static final long MOST_WEBP_PIXELS = 12_000_000;
    private static final int PNG_DEPTH_AT = 24;
    private static final int PNG_COLOUR_TYPE_AT = 25;
    private static final int PNG_FIRST_CHUNK_AT = 8;
    private static final int IDAT = 0x49444154;
    private static final int TRNS = 0x74524E53;

    private final Map<ImageHeader.Format, ImageReader> readers = new EnumMap<>(ImageHeader.Format.class);

    /** Decodes {@code region}. The rows hold the region alone and are valid until the next call. */
    PixelRows decode(byte[] bytes, ImageHeader header, Region region) throws RejectedImageException {
        if (header.format() == ImageHeader.Format.WEBP && header.pixels() > MOST_WEBP_PIXELS)
            throw new RejectedImageException("WebP of %d pixels: those with more than %d need libwebp (Debian: libwebp7)"
                    .formatted(header.pixels(), MOST_WEBP_PIXELS));
        final byte[] opaque = header.format() == ImageHeader.Format.PNG ? withoutTransparentColour(bytes) : bytes;
        final boolean wide = header.format() == ImageHeader.Format.PNG && bytes[PNG_DEPTH_AT] == 16;
        final int strip = (int) Math.max(1, STRIP_BYTES / (region.width() * (wide ? 8L : 4L)));
        return strip >= region.height()
                ? part(opaque, header, region)
                : new Strips(region, strip, part -> part(opaque, header, part));
    }

    /**
     * Hides the transparent colour of a grey or RGB image, because the JDK's reader fails at it when it reads a part. Alpha is dropped
     * anyway.
     */
    private static byte[] withoutTransparentColour(byte[] png) {
        final ByteBuffer chunks = ByteBuffer.wrap(png);
        if ((png[PNG_COLOUR_TYPE_AT] & 1) != 0) // a palette
            return png;
        for (int at = PNG_FIRST_CHUNK_AT; chunks.getInt(at + 4) != IDAT; at += 12 + chunks.getInt(at))
            if (chunks.getInt(at + 4) == TRNS) {
                final byte[] copy = png.clone();
                copy[at + 4] = 'x'; // a chunk that no reader knows
                return copy;
            }
        return png;
    }

    private PixelRows part(byte[] bytes, ImageHeader header, Region region) throws RejectedImageException {
        try (ByteArrayImageInputStream input = new ByteArrayImageInputStream(bytes)) {
            final ImageReader reader = reader(header.format());
            reader.setInput(input, true, true);
            try {
                return header.format() == ImageHeader.Format.JPEG ? jpeg(reader, header, region) : other(reader, header, region);
            } finally {
                reader.reset();
            }
        } catch (IOException | RuntimeException e) { // readers throw both at damaged input
            throw new RejectedImageException("corrupt " + header.format() + ": " + e.getMessage(), e);
        }
    }

    private static PixelRows jpeg(ImageReader reader, ImageHeader header, Region region) throws IOException {
        final Raster raster = reader.readRaster(0, only(reader, region));
        return switch (header.colours()) {
            case GREY -> rows(raster, Conversion.first(1, 1), 1);
            case RGB -> rows(raster, Conversion.first(3, 3), 3);
            case YCC -> rows(raster, Conversion.ycc(), 3);
            case CMYK -> rows(raster, Conversion.cmyk(), 3);
            case YCCK -> rows(raster, Conversion.ycck(), 3);
        };
    }

    private static PixelRows other(ImageReader reader, ImageHeader header, Region region)
            throws IOException, RejectedImageException {
        if (reader.getWidth(0) != header.width() || reader.getHeight(0) != header.height())
            throw new RejectedImageException("%s whose first frame is %dx%d on a canvas of %dx%d".formatted(header.format(),
                    reader.getWidth(0), reader.getHeight(0), header.width(), header.height()));
        final BufferedImage image = reader.read(0, only(reader, region));
        final Raster raster = image.getRaster();
        if (image.getColorModel() instanceof IndexColorModel palette)
            return rows(raster, Conversion.palette(palette), 3);
        final int channels = raster.getNumBands() < 3 ? 1 : 3;
        return rows(raster, Conversion.first(channels, raster.getNumBands()), channels);
    }

    private static PixelRows rows(Raster raster, Conversion conversion, int channels) {
        final int left = raster.getMinX();
        final int top = raster.getMinY();
        final ConvertedRows.Samples samples = switch (raster.getTransferType()) {
            case DataBuffer.TYPE_BYTE -> (y, x, count, into) -> raster.getDataElements(left + x, top + y, count, 1, into);
            case DataBuffer.TYPE_USHORT -> {
                final short[] row = new short[raster.getWidth() * raster.getNumBands()];
                yield (y, x, count, into) -> {
                    raster.getDataElements(left + x, top + y, count, 1, row);
                    for (int i = 0; i < count * raster.getNumBands(); i++)
                        into[i] = (byte) (row[i] >>> 8);
                };
            }
            default -> { // RGB packed in an int
                final int[] row = new int[raster.getWidth() * raster.getNumBands()];
                yield (y, x, count, into) -> {
                    raster.getPixels(left + x, top + y, count, 1, row);
                    for (int i = 0; i < count * raster.getNumBands(); i++)
                        into[i] = (byte) row[i];
                };
            }
        };
        return new ConvertedRows(samples, raster.getNumBands(), conversion, raster.getWidth(), raster.getHeight(), channels);
    }

    private static ImageReadParam only(ImageReader reader, Region region) {
        final ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceRegion(new Rectangle(region.left(), region.top(), region.width(), region.height()));
        return param;
    }

    private ImageReader reader(ImageHeader.Format format) {
        return readers.computeIfAbsent(format, f -> f == ImageHeader.Format.WEBP
                ? new WebPImageReaderSpi().createReaderInstance(null)
                : ImageIO.getImageReadersByFormatName(f.name()).next());
    }

    @Override
    public void close() {
        readers.values().forEach(ImageReader::dispose);
        readers.clear();
    }
}
