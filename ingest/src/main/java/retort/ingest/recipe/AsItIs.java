package retort.ingest.recipe;

import retort.ingest.decode.ArrayRows;
import retort.ingest.decode.Decoded;
import retort.ingest.decode.ImageHeader;
import retort.ingest.decode.PixelRows;
import retort.ingest.decode.Region;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.source.Sample;

/** The recipe {@code none}, which copies pixels unchanged. The sample must have the size and the channels of the stream. */
final class AsItIs implements Recipe {
    private final int size;
    private final int channels;
    private final Workspaces workspaces;

    AsItIs(int size, int channels, Workspaces workspaces) {
        this.size = size;
        this.channels = channels;
        this.workspaces = workspaces;
    }

    @Override
    public void apply(Sample sample, long epoch, byte[] target, int offset) throws RejectedImageException {
        switch (sample.content()) {
            case Sample.Pixels p ->
                copy(new ArrayRows(p.bytes(), p.offset(), p.width(), p.height(), p.channels()), target, offset);
            case Sample.Encoded encoded -> decode(encoded.bytes(), target, offset);
            case Sample.Unreadable unreadable -> throw new RejectedImageException(unreadable.reason());
        }
    }

    private void decode(byte[] bytes, byte[] target, int offset) throws RejectedImageException {
        final Workspace workspace = workspaces.borrow();
        try {
            final ImageHeader header = workspace.decoder.header(bytes);
            final Region whole = new Region(0, 0, header.width(), header.height());
            requireSize(header.width(), header.height());
            try (Decoded decoded = workspace.decoder.decode(bytes, header, whole, size, size)) {
                copy(decoded.rows(), target, offset);
            }
        } finally {
            workspaces.giveBack(workspace);
        }
    }

    private void copy(PixelRows rows, byte[] target, int offset) throws RejectedImageException {
        requireSize(rows.width(), rows.height());
        if (rows.channels() != channels)
            throw new RejectedImageException("%d channels; recipe none copies pixels as they are and this stream has %d"
                    .formatted(rows.channels(), channels));
        for (int y = 0; y < size; y++)
            rows.copy(y, 0, size, target, offset + y * size * channels);
    }

    private void requireSize(int width, int height) throws RejectedImageException {
        if (width != size || height != size)
            throw new RejectedImageException("%dx%d pixels; recipe none copies pixels as they are and ingest.image is %d"
                    .formatted(width, height, size));
    }

    @Override
    public void close() {
        workspaces.close();
    }
}
