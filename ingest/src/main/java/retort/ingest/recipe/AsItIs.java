package retort.ingest.recipe;

import retort.ingest.source.Sample;

/** Recipe {@code none}: decoded pixels of exactly the stream's size, copied. */
record AsItIs(int height, int width, int channels) implements Recipe {
    @Override
    public void apply(Sample sample, long epoch, byte[] target, int offset) throws RejectedImageException {
        if (!(sample.content() instanceof Sample.Pixels pixels))
            throw new RejectedImageException("recipe none takes decoded pixels, this sample is an encoded image");
        if (pixels.height() != height || pixels.width() != width || pixels.channels() != channels)
            throw new RejectedImageException("the image is " + shape(pixels.height(), pixels.width(), pixels.channels())
                    + ", recipe none takes exactly " + shape(height, width, channels));
        System.arraycopy(pixels.bytes(), pixels.offset(), target, offset, height * width * channels);
    }

    private static String shape(int height, int width, int channels) {
        return height + "x" + width + "x" + channels;
    }
}
