package retort.ingest.recipe;

import retort.ingest.decode.PixelRows;

/** RGB rows as one channel of luma, in Pillow's integers (ITU-R 601, 16 fraction bits). Confined to one thread. */
final class GreyRows implements PixelRows {
    private final PixelRows rgb;
    private byte[] row = new byte[0];

    GreyRows(PixelRows rgb) {
        this.rgb = rgb;
    }

    @Override
    public int width() {
        return rgb.width();
    }

    @Override
    public int height() {
        return rgb.height();
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public void copy(int y, int x, int count, byte[] into, int at) {
        if (row.length < count * 3)
            row = new byte[count * 3];
        rgb.copy(y, x, count, row, 0);
        for (int i = 0; i < count; i++)
            into[at + i] = (byte) luma(row[i * 3] & 0xFF, row[i * 3 + 1] & 0xFF, row[i * 3 + 2] & 0xFF);
    }

    static int luma(int red, int green, int blue) {
        return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
    }
}
