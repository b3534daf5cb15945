package retort.ingest.source.webdataset;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.Sample;

/**
 * Consecutive members of one key that hold an image.
 *
 * @param name of the image in its shard
 * @param offset where the group's first member begins
 * @param label class index, -1 without
 * @param image null where images were not asked for
 * @param problem why the group is no sample, though the shard can be read on
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Group(String name, long offset, int label, byte @Nullable [] image, Optional<String> problem) {
    Sample sample(long id, Path shard) {
        final String path = shard.getFileName() + "/" + name;
        if (problem.isPresent())
            return new Sample(id, path, label, new Sample.Unreadable(shard.toString(), problem.get()));
        return Sample.encoded(id, path, label, image == null ? new byte[0] : image);
    }
}
