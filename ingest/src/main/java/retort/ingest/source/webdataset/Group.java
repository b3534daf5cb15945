package retort.ingest.source.webdataset;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.FileName;
import retort.ingest.source.Label;
import retort.ingest.source.Sample;

/**
 * One sample of a shard: consecutive members with the same name before the first dot, with an image among them.
 *
 * @param key the common part of the members' names
 * @param name name of the image's member
 * @param offset position of the first member's header in the shard, in bytes
 * @param label the label as written
 * @param size bytes of the image
 * @param image null if images were not asked for
 * @param problem the reason why the image cannot be used, if the shard can still be read on
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Group(String key, String name, long offset, Label label, long size, byte @Nullable [] image, Optional<String> problem) {
    /** @param label the label that counts, which may come from another place in the shard */
    Sample sample(long id, String shard, String file, Label label, ClassLabels classes) {
        final String path = FileName.shown(file + "/" + name);
        final Optional<String> wrong = problem.or(() -> classes.problem(label).map(reason -> name + ": " + reason));
        return wrong.isPresent()
                ? new Sample(id, path, -1, new Sample.Unreadable(shard, FileName.shown(wrong.get())))
                : Sample.encoded(id, path, classes.index(label), image == null ? new byte[0] : image);
    }
}
