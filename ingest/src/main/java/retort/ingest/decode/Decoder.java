package retort.ingest.decode;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import retort.ingest.budget.ByteBudget;
import retort.settings.SettingException;

/** Decodes one image after another. One thread uses it at a time. It owns its buffers until it is closed. */
public final class Decoder implements AutoCloseable {
    private final DecodeSettings settings;
    private final ByteBudget budget;
    private final ImageIoDecoder imageIo = new ImageIoDecoder();
    private final Optional<TurboJpegDecoder> turboJpeg;
    private final Optional<WebpDecoder> webp;

    public Decoder(DecodeSettings settings, ByteBudget budget) {
        this.settings = settings;
        this.budget = budget;
        this.webp = settings.library() == DecodeSettings.Library.IMAGEIO
                ? Optional.empty()
                : LibWebp.find().map(WebpDecoder::new);
        this.turboJpeg = library(settings).map(library -> new TurboJpegDecoder(library, settings.fast()));
    }

    /**
     * Reads the header of an image.
     *
     * @throws RejectedImageException if the bytes are no image, or the image has too many pixels
     */
    public ImageHeader header(byte[] bytes) throws RejectedImageException {
        final ImageHeader header = ImageHeader.read(bytes);
        if (header.pixels() > settings.maxPixels())
            throw new RejectedImageException("%dx%d is %d pixels, more than ingest.decode.max-pixels = %d"
                    .formatted(header.width(), header.height(), header.pixels(), settings.maxPixels()));
        return header;
    }

    /**
     * Waits for the budget, then decodes.
     *
     * @param region the part that is needed
     * @param width width, in pixels, to which the region will be resized; {@code fast} never decodes the region smaller
     * @param height height, in pixels, to which the region will be resized
     * @return the decoded region; valid until the next call, and closed by the caller before that call
     * @throws RejectedImageException if the image is cut or damaged
     * @throws CancellationException if the thread is interrupted while it waits; its interrupt flag stays set
     */
    public Decoded decode(byte[] bytes, ImageHeader header, Region region, int width, int height)
            throws RejectedImageException {
        final ByteBudget.Permit permit = take(header.pixels() * 3);
        try {
            Completeness.require(bytes, header);
            if (header.format() == ImageHeader.Format.JPEG && turboJpeg.isPresent())
                return turboJpeg.get().decode(bytes, header, region, width, height, permit);
            final Optional<byte[]> still = webp.isPresent() ? WebpDecoder.taken(bytes, header) : Optional.empty();
            if (webp.isPresent() && still.isPresent())
                return webp.get().decode(still.get(), header, region, permit);
            if (header.format() == ImageHeader.Format.BMP)
                return new Decoded(BmpDecoder.decode(bytes, region), new Region(0, 0, region.width(), region.height()), permit);
            final Region box = new Region(0, 0, region.width(), region.height());
            return new Decoded(imageIo.decode(bytes, header, region), box, permit);
        } catch (RejectedImageException | RuntimeException e) {
            permit.close();
            throw e;
        }
    }

    private static Optional<TurboJpeg> library(DecodeSettings settings) {
        return switch (settings.library()) {
            case IMAGEIO -> Optional.empty();
            case AUTO -> TurboJpeg.find();
            case TURBOJPEG -> Optional.of(TurboJpeg.find().orElseThrow(() -> new SettingException("ingest.decode.library",
                    "turbojpeg", "this machine has no libturbojpeg: install it (Debian: libturbojpeg0) or set auto")));
        };
    }

    private ByteBudget.Permit take(long bytes) {
        try {
            return budget.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting to decode");
        }
    }

    @Override
    public void close() {
        turboJpeg.ifPresent(TurboJpegDecoder::close);
        webp.ifPresent(WebpDecoder::close);
        imageIo.close();
    }
}
