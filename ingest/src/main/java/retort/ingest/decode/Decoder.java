package retort.ingest.decode;

import java.util.concurrent.CancellationException;

/** Decodes one image after another for one thread at a time; owns its buffers until closed. */
public final class Decoder implements AutoCloseable {
    private final DecodeSettings settings;
    private final ByteBudget budget;
    private final ImageIoDecoder imageIo = new ImageIoDecoder();

    public Decoder(DecodeSettings settings, ByteBudget budget) {
        this.settings = settings;
        this.budget = budget;
    }

    /** The header of an image that may be decoded. @throws RejectedImageException when it is none, or too large */
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
     * @param width pixels across that the region will be resized to: {@code fast} never decodes it smaller
     * @param height likewise
     * @return valid until the next call; to be closed before it
     * @throws CancellationException when interrupted while it waits; the thread's flag stays set
     */
    public Decoded decode(byte[] bytes, ImageHeader header, Region region, int width, int height)
            throws RejectedImageException {
        final ByteBudget.Permit permit = take(header.pixels() * 3);
        try {
            return new Decoded(imageIo.decode(bytes, header), region, permit);
        } catch (RejectedImageException | RuntimeException e) {
            permit.close();
            throw e;
        }
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
    }
}
