package retort.trainer.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.digest.FileDigest;
import retort.digest.Sha256;
import retort.place.Places;
import retort.thread.Worker;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;
import retort.trainer.weights.WeightsException;

/**
 * The checkpoints below one folder on a disk or in a bucket, each in a directory of its own in the folder of its run. A kill at any moment
 * leaves either the old checkpoints, or the old ones and the new one: {@link DiskShelf} and {@link BucketShelf} say how.
 * <p>
 * The process that owns a run saves its checkpoints, one at a time. It may delete one on another thread meanwhile, but not the one of the
 * step that is being saved. Any thread of any process reads.
 * All methods block.
 */
public final class CheckpointStore {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    /** More than any state has. */
    private static final long MOST_STATE_BYTES = 16 << 20;

    private final Path root;
    private final Map<String, Shelf> shelves = new ConcurrentHashMap<>();
    private final Map<String, String> owners = new ConcurrentHashMap<>();

    /** @param root a folder on a disk, which is created when the first checkpoint is saved, or a path of {@link Places} in a bucket */
    public CheckpointStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    private Shelf shelf(String run) {
        final Path folder = folder(run);
        return shelves.computeIfAbsent(run, fresh -> Places.isPlace(folder) ? new BucketShelf(folder) : new DiskShelf(folder));
    }

    /**
     * Takes over the checkpoints of a run in a bucket from an older owner, whose next save fails, and removes what it has left
     * unfinished. Call it after the claim at the broker. On a disk nothing is done, because the claim at the broker is enough there.
     *
     * @throws UncheckedIOException if the folder cannot be written
     * @throws retort.place.PlaceException if the bucket cannot be written
     */
    public void claim(String run) {
        try {
            owners.put(run, shelf(run).claim());
        } catch (IOException e) {
            throw cannotWrite(folder(run), e);
        }
    }

    /** The name of this owner of the run, which sorts behind those of older owners; empty on a disk, and for a run that is not claimed. */
    public String owner(String run) {
        return owners.getOrDefault(run, Shelf.NO_OWNER);
    }

    /**
     * Saves a checkpoint and returns when it is at its place. A checkpoint of the same step is replaced.
     *
     * @param weights tensors by the names that MAE and timm use; they are written from their buffers without a copy
     * @param optimizer the state of the optimiser, by any names
     * @throws UncheckedIOException if the disk is full or cannot be written; the earlier checkpoints stay as they are
     * @throws retort.place.PlaceException if the bucket cannot be written; the earlier checkpoints stay as they are
     * @throws NotOwnerException if another trainer has claimed the run in the bucket since
     */
    public Checkpoint save(TrainingState state, Map<String, HostTensor> weights, Map<String, HostTensor> optimizer) {
        return save(state, NamedTensors.of(weights), NamedTensors.of(optimizer));
    }

    /**
     * As {@link #save(TrainingState, Map, Map)}, with tensors that are asked for one by one, on this thread. An exception of
     * {@link NamedTensors#tensor} is passed on, and nothing of the checkpoint is left on a disk.
     */
    public Checkpoint save(TrainingState state, NamedTensors weights, NamedTensors optimizer) {
        try {
            return shelf(state.run()).save(state, weights, optimizer);
        } catch (UncheckedIOException e) {
            throw cannotWrite(folder(state.run()).resolve(name(state.step())), root(e));
        } catch (IOException e) {
            throw cannotWrite(folder(state.run()).resolve(name(state.step())), e);
        }
    }

    /** The metadata of both files. */
    static Map<String, String> metadata(TrainingState state) {
        return Map.of("format", "pt", "run", state.run(), "step", Long.toString(state.step()));
    }

    /** The first failure, because the messages above it name a file that is written aside. */
    private static IOException root(UncheckedIOException failure) {
        Throwable at = failure;
        while (at.getCause() instanceof IOException cause)
            at = cause;
        return at instanceof IOException first ? first : new IOException(failure.getMessage(), failure);
    }

    private static UncheckedIOException cannotWrite(Path place, IOException cause) {
        return new UncheckedIOException("checkpoint " + place + " cannot be written: " + cause.getMessage()
                + ": make room there, or set trainer.checkpoints to a folder that can be written", cause);
    }

    /**
     * The newest whole checkpoint of a run; empty if there is none. Reads every byte and compares it with the digests. A broken
     * checkpoint is logged with its path and the reason, and the one before it is tried.
     *
     * @throws IllegalArgumentException if {@code run} cannot name a directory
     */
    public Optional<Checkpoint> latest(String run) {
        for (final Shelf.Found found : found(run).reversed())
            try {
                final Checkpoint checkpoint = open(found);
                requireDigests(found, checkpoint);
                return Optional.of(checkpoint);
            } catch (WeightsException e) {
                LOG.warn("checkpoint {} is skipped: {}", found.directory(), e.getMessage());
            }
        return Optional.empty();
    }

    /** The checkpoints of a run by step. Their files have the right lengths; the content of the tensors is not checked. */
    public List<Checkpoint> list(String run) {
        final Map<Long, Checkpoint> whole = new TreeMap<>();
        for (final Shelf.Found found : found(run))
            try {
                whole.put(found.step(), open(found));
            } catch (WeightsException e) {
                LOG.warn("checkpoint {} is left out: {}", found.directory(), e.getMessage());
            }
        return List.copyOf(whole.values());
    }

    /** Deletes a checkpoint. Readers see all of it or nothing. A reader that has mapped its files keeps its tensors. */
    public void delete(Checkpoint checkpoint) {
        try {
            shelf(checkpoint.state().run()).delete(checkpoint.directory());
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoint " + checkpoint.directory() + " cannot be deleted: " + e.getMessage(), e);
        }
    }

    private List<Shelf.Found> found(String run) {
        try {
            return shelf(run).found();
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoints of run " + run + " cannot be listed: " + e
                    + ": set trainer.checkpoints to a folder that can be read and written", e);
        }
    }

    private static Checkpoint open(Shelf.Found found) {
        try {
            if (Files.size(found.state()) > MOST_STATE_BYTES)
                throw new WeightsException(Checkpoint.STATE + " has " + Files.size(found.state()) + " bytes");
            final Checkpoint checkpoint = CheckpointJson.read(found.directory(), Files.readAllBytes(found.state()));
            if (checkpoint.state().step() != found.step())
                throw new WeightsException("it holds step " + checkpoint.state().step());
            requireBytes(found.weights(), checkpoint.weightsDigest());
            requireBytes(found.optimizer(), checkpoint.optimizerDigest());
            return checkpoint;
        } catch (IOException e) {
            throw new WeightsException("it cannot be read: " + e, e);
        }
    }

    private static void requireBytes(Path file, FileDigest digest) throws IOException {
        if (Files.size(file) != digest.bytes())
            throw new WeightsException(file.getFileName() + " has " + Files.size(file) + " bytes, not " + digest.bytes());
    }

    /** Reads both files at the same time, because a resume waits for it. */
    private static void requireDigests(Shelf.Found found, Checkpoint checkpoint) {
        try (Worker beside = Worker.named("retort-digest")) {
            final CompletableFuture<Void> optimizer = CompletableFuture.runAsync(
                    () -> requireDigest(found.optimizer(), checkpoint.optimizerDigest()), beside);
            requireDigest(found.weights(), checkpoint.weightsDigest());
            optimizer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException own)
                throw own;
            throw e;
        }
    }

    private static void requireDigest(Path file, FileDigest digest) {
        try {
            if (!Sha256.of(file).equals(digest))
                throw new WeightsException(file.getFileName() + " does not fit its SHA-256 " + digest.sha256());
        } catch (IOException e) {
            throw new WeightsException("it cannot be read: " + e, e);
        }
    }

    /**
     * The folder of a run's checkpoints, which may not exist yet.
     *
     * @throws IllegalArgumentException if {@code run} cannot name a directory
     */
    public Path folder(String run) {
        if (!RUN.matcher(run).matches())
            throw new IllegalArgumentException(
                    "run \"" + run + "\" cannot name a directory: letters, digits, '.', '_' and '-' can");
        return root.resolve(run);
    }

    static String name(long step) {
        return "step-%09d".formatted(step);
    }
}
