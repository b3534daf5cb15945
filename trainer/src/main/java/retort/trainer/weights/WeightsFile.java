package retort.trainer.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import retort.place.Places;
import retort.pickle.PickleException;

/**
 * Reads weights of any supported format: safetensors, the index of sharded safetensors, or a file of {@code torch.save} (.pth, .bin; zip
 * or legacy). An index is known by its name, all other formats by their content. The file is mapped, so it must not be truncated while
 * its tensors are in use; an object of a bucket or of a web server is copied to a disk first. Nothing in it is ever run. Blocking; any thread.
 */
public final class WeightsFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INDEX = ".index.json";
    private static final long MAX_INDEX_BYTES = 8 << 20;

    private WeightsFile() {
    }

    /**
     * The weights of one model in a file.
     *
     * @param tensors tensors by name, as views of the file
     * @param metadata metadata of a safetensors file; empty for any other format
     * @param notes sentences for people about the choice among several models
     * @param isChosen true if this is the model that the caller has named
     */
    public record Content(Map<String, HostTensor> tensors, Map<String, String> metadata, List<String> notes, boolean isChosen) {
        private static Content of(Map<String, HostTensor> tensors, Map<String, String> metadata) {
            return new Content(tensors, metadata, List.of(), false);
        }

        private static Content of(TorchFile.StateDict dict) {
            return new Content(dict.tensors(), Map.of(), dict.notes(), dict.isChosen());
        }
    }

    /**
     * The files that hold the weights of {@code file}: the file itself, and the shards if it is an index. They need not exist.
     *
     * @throws WeightsException if an index is refused
     */
    public static List<Path> files(Path file) {
        final List<Path> all = new ArrayList<>(List.of(file));
        if (isIndex(file) && Files.isRegularFile(file))
            new TreeSet<>(index(file).values()).forEach(shard -> all.add(file.resolveSibling(shard)));
        return all;
    }

    /**
     * Reads the tensors of the model that timm would take, by name.
     *
     * @throws WeightsException if the file is refused; the message names the file and the reason
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Map<String, HostTensor> read(Path file) {
        return read(file, name -> true);
    }

    /** @param wanted true for the names of tensors to read; the bytes of other tensors are not read */
    public static Map<String, HostTensor> read(Path file, Predicate<String> wanted) {
        return open(file, wanted, Optional.empty()).tensors();
    }

    /**
     * Reads the tensors of one model, its metadata, and notes for people.
     *
     * @param model key of the dictionary to take if a file of torch.save holds several; empty for timm's preference. A file without this
     *     key is read as if {@code model} were empty, see {@link Content#isChosen}
     */
    public static Content open(Path file, Optional<String> model) {
        return open(file, name -> true, model);
    }

    private static Content open(Path file, Predicate<String> wanted, Optional<String> model) {
        if (Files.isDirectory(file))
            throw new WeightsException("weights " + file + " are refused: it is a folder; name the file in it");
        if (isIndex(file))
            return Content.of(sharded(file, wanted), Map.of());
        try (FileChannel channel = Places.mappable(file)) {
            final MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            if (TorchFile.isZip(all))
                return Content.of(TorchFile.readZip(all, wanted, model));
            if (TorchFile.isLegacy(all))
                return Content.of(TorchFile.readLegacy(all, wanted, model));
            if (all.byteSize() > 8 && all.get(ValueLayout.JAVA_BYTE, 8) == '{')
                return Content.of(SafeTensors.read(all, wanted), SafeTensors.metadata(all));
            throw new WeightsException("with " + all.byteSize() + " bytes it is "
                    + "neither safetensors nor what torch.save writes" + ForeignFile.kind(all));
        } catch (WeightsException | PickleException e) {
            throw new WeightsException("weights " + file + " are refused: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("weights cannot be read from " + file + ": " + e, e);
        }
    }

    private static boolean isIndex(Path file) {
        return String.valueOf(file.getFileName()).endsWith(INDEX);
    }

    /** Reads each tensor from the shard that the index names for it. */
    private static Map<String, HostTensor> sharded(Path index, Predicate<String> wanted) {
        final Map<String, String> shards = index(index);
        final Map<String, HostTensor> all = new LinkedHashMap<>();
        for (final String shard : new TreeSet<>(shards.values())) {
            final Map<String, HostTensor> part = read(index.resolveSibling(shard),
                    name -> wanted.test(name) && shard.equals(shards.get(name)));
            all.putAll(part);
        }
        final List<String> missing = shards.keySet().stream().filter(name -> wanted.test(name) && !all.containsKey(name))
                .toList();
        if (!missing.isEmpty())
            throw new WeightsException("weights " + index + " are refused: tensor " + missing.getFirst() + " is not in "
                    + shards.get(missing.getFirst()) + ", where the index places it");
        return all;
    }

    private static Map<String, String> index(Path file) {
        final Map<String, String> shards = new TreeMap<>();
        try {
            if (Files.size(file) > MAX_INDEX_BYTES)
                throw new WeightsException(
                        "weights " + file + " are refused: an index has at most " + MAX_INDEX_BYTES + " bytes");
            final JsonNode map = JSON.readTree(Files.readAllBytes(file)).path("weight_map");
            for (final Map.Entry<String, JsonNode> each : map.properties()) {
                final String shard = each.getValue().asText();
                if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}"))
                    throw new WeightsException("weights " + file + " are refused: shard \"" + shard
                            + "\" is no name of a file beside it");
                shards.put(each.getKey(), shard);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("weights cannot be read from " + file + ": " + e.getMessage(), e);
        }
        if (shards.isEmpty())
            throw new WeightsException("weights " + file + " are refused: its weight_map names no shard");
        return shards;
    }
}
