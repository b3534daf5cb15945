package retort.evaluator.suite;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import retort.random.CounterRandom;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;

/**
 * Draws a few images from a stream while it is read. Seed and sample id alone decide: each image gets a random number, and those with the
 * lowest numbers are drawn. So every checkpoint shows the same images, in any order of the stream. Holds the pixels of the drawn images
 * only. Called serially.
 */
final class DrawnImages {
    private final int count;
    private final long seed;
    private final TreeSet<Drawn> drawn = new TreeSet<>(
            Comparator.comparingLong(Drawn::number).thenComparingLong(Drawn::sampleId));

    @SuppressWarnings("ArrayRecordComponent") // compared by number and id
    private record Drawn(long number, long sampleId, int label, byte[] pixels) {
    }

    DrawnImages(int count, long seed) {
        this.count = count;
        this.seed = seed;
    }

    /** Takes the images of a block into account. Reads its pixels before it returns. */
    void offer(ImageBlock block) {
        if (count == 0 || block.count() == 0)
            return;
        final int bytes = block.pixels().remaining() / block.count();
        for (int i = 0; i < block.count(); i++) {
            final long id = block.sampleIds()[i];
            final long number = CounterRandom.of(seed, "picture", 0, id).nextLong();
            if (drawn.size() == count && number >= drawn.last().number())
                continue;
            final byte[] pixels = new byte[bytes];
            block.pixels().get(block.pixels().position() + i * bytes, pixels);
            drawn.add(new Drawn(number, id, block.labels()[i], pixels));
            if (drawn.size() > count)
                drawn.pollLast();
        }
    }

    /** The drawn images, in an order that is as fixed as the draw. Empty if there is none. */
    Optional<ImageBlock> block() {
        if (drawn.isEmpty())
            return Optional.empty();
        final List<Drawn> images = List.copyOf(drawn);
        final ByteBuffer pixels = ByteBuffer.allocateDirect(images.stream().mapToInt(image -> image.pixels().length).sum());
        images.forEach(image -> pixels.put(image.pixels()));
        return Optional.of(new ImageBlock(pixels.flip(), images.stream().mapToLong(Drawn::sampleId).toArray(),
                images.stream().mapToInt(Drawn::label).toArray(), ImagePosition.at(0)));
    }
}
