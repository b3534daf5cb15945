package retort.ingest.source.webdataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import retort.ingest.source.SourceException;

/**
 * Samples of each shard as {@code _info.json} beside the shards has them: {@code splits.NAME.filenames} and
 * {@code shard_lengths}, as timm and Hugging Face write it. Shards that it does not name have to be counted.
 */
final class ShardLengths {
    private static final int MOST_BYTES = 64 << 20;

    private final Map<String, Long> byFileName;

    private ShardLengths(Map<String, Long> byFileName) {
        this.byFileName = byFileName;
    }

    /**
     * Reads the file beside {@code shard}. Without such a file there are no lengths.
     *
     * @throws SourceException if the file is damaged
     */
    static ShardLengths beside(Path shard) throws SourceException {
        final Path folder = Optional.ofNullable(shard.toAbsolutePath().getParent()).orElseThrow();
        final Map<String, Long> lengths = new HashMap<>();
        for (final String name : List.of("_info.json", "info.json")) {
            final Path info = folder.resolve(name);
            if (Files.isRegularFile(info)) {
                read(info, lengths);
                break;
            }
        }
        return new ShardLengths(lengths);
    }

    OptionalLong of(Path shard) {
        final Long length = byFileName.get(String.valueOf(shard.getFileName()));
        return length == null ? OptionalLong.empty() : OptionalLong.of(length);
    }

    private static void read(Path info, Map<String, Long> lengths) throws SourceException {
        final Supplier<SourceException> damaged = () -> new SourceException(info
                + " is damaged: each of its splits holds as many filenames as shard_lengths, and no length is negative; correct or remove it");
        try {
            if (Files.size(info) > MOST_BYTES)
                throw damaged.get();
            for (final JsonNode split : new ObjectMapper().readTree(Files.readAllBytes(info)).path("splits")) {
                final JsonNode names = split.path("filenames");
                final JsonNode counts = split.path("shard_lengths");
                if (names.size() != counts.size())
                    throw damaged.get();
                for (int i = 0; i < names.size(); i++) {
                    if (!counts.get(i).canConvertToLong() || counts.get(i).asLong() < 0)
                        throw damaged.get();
                    lengths.put(names.get(i).asText(), counts.get(i).asLong());
                }
            }
        } catch (IOException e) {
            throw new SourceException(info + " cannot be read as JSON: " + e.getMessage(), e);
        }
    }
}
