package retort.trainer.pipeline;

import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.kafka.AccessDeniedException;
import retort.kafka.Broker;
import retort.record.Stream;
import retort.trainer.settings.RunSettings;

/** Compares the bytes of a stream that the broker keeps with the bytes since a checkpoint, because a killed run reads these again. */
final class Retention {
    /** Bytes of one image in a record beside its pixels: label, id and framing, rounded up. */
    private static final int IMAGE_OVERHEAD = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private Retention() {
    }

    /**
     * Bytes that the broker keeps of the whole stream; empty for no limit. Also empty, with a warning, if this process may not look at the
     * settings of the topic, because training itself does not need that right. Blocks.
     */
    static OptionalLong of(Broker broker, Stream stream) {
        final long bytes;
        try {
            bytes = broker.retentionBytes(stream);
        } catch (AccessDeniedException e) {
            LOG.warn(
                    "stream {}: its retention cannot be compared with trainer.checkpoint-every, so make sure that the broker keeps"
                            + " what is published between two checkpoints: {}",
                    stream.getName(), e.getMessage());
            return OptionalLong.empty();
        }
        return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    /**
     * Checks that half of {@code kept} holds the images between two checkpoints. The other half is for the images that ingest publishes
     * ahead of the run.
     *
     * @param kept bytes of the whole stream; empty for no limit
     * @throws RunException if half of {@code kept} is too small
     */
    static void requireRoomFor(RunSettings run, Stream stream, OptionalLong kept) {
        final long imageBytes = (long) stream.getHeight() * stream.getWidth() * stream.getChannels() + IMAGE_OVERHEAD;
        final long interval = Math.min(run.steps(), run.checkpoints().of(run.steps()));
        if (kept.isEmpty() || (double) interval * run.batch() * imageBytes <= kept.getAsLong() / 2.0)
            return;
        final long fits = (long) (kept.getAsLong() / 2.0 / run.batch() / imageBytes);
        throw new RunException("run " + run.name() + " would be saved every " + interval + " steps of " + run.batch()
                + " images, " + (interval * run.batch() * imageBytes >> 20) + " MiB of stream " + stream.getName()
                + ", but the broker keeps " + (kept.getAsLong() >> 20) + " MiB, of which half is for what is published ahead:"
                + " a killed run could not go on; " + (fits == 0
                        ? "raise the stream's retention"
                        : "save every " + fits
                                + " steps or more often (trainer.checkpoint-every), or raise the stream's retention"));
    }
}
