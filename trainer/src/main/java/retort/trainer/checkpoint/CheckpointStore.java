package retort.trainer.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.digest.FileDigest;
import retort.digest.Sha256;
import retort.file.WholeFile;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/**
 * The checkpoints under one directory, each in {@code RUN/step-000000120/}. A checkpoint appears by one rename after all its files are
 * flushed to the disk. So a kill at any moment leaves either the old checkpoints, or the old ones and the new one.
 * <p>
 * The process that owns a run saves its checkpoints, one at a time. It may delete one on another thread meanwhile, but not the one of the
 * step that is being saved. Any thread of any process reads.
 * All methods block.
 */
public final class CheckpointStore {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern STEP = Pattern.compile("step-(\\d{9,18})");
    /** Prefix of a directory that is being written or deleted. It is no checkpoint. If its writer was killed, the next save removes it. */
    private static final String ASIDE = ".aside-";
    /**
     * Prefix of a checkpoint that is being replaced by a newer one of the same step. It still counts until the newer one has been
     * renamed into place.
     */
    private static final String REPLACED = ".replaced-";

    private final Path root;

    /** @param root created when the first checkpoint is saved */
    public CheckpointStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /**
     * Saves a checkpoint and returns when it is on disk. A checkpoint of the same step is replaced.
     *
     * @param weights tensors by the names that MAE and timm use; they are written from their buffers without a copy
     * @param optimizer the state of the optimiser, by any names
     * @throws UncheckedIOException if the disk is full or cannot be written; the earlier checkpoints stay as they are
     */
    public Checkpoint save(TrainingState state, Map<String, HostTensor> weights, Map<String, HostTensor> optimizer) {
        return save(state, NamedTensors.of(weights), NamedTensors.of(optimizer));
    }

    /**
     * As {@link #save(TrainingState, Map, Map)}, with tensors that are asked for one by one, on this thread. An exception of
     * {@link NamedTensors#tensor} is passed on, and nothing of the checkpoint is left on disk.
     */
    public Checkpoint save(TrainingState state, NamedTensors weights, NamedTensors optimizer) {
        final Path run = folder(state.run());
        final Path place = run.resolve(name(state.step()));
        // Another name each time, because an older owner of the run that is not yet aware of this one may still write the same step.
        final Path aside = run.resolve(ASIDE + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + "-"
                + name(state.step()));
        try {
            Files.createDirectories(run);
            sweep(run);
            Files.createDirectory(aside);
            try {
                final Map<String, String> metadata = Map.of("format", "pt", "run", state.run(), "step",
                        Long.toString(state.step()));
                final FileDigest weightsDigest = SafeTensors.write(aside.resolve(Checkpoint.WEIGHTS), weights, metadata);
                final FileDigest optimizerDigest = SafeTensors.write(aside.resolve(Checkpoint.OPTIMIZER), optimizer, metadata);
                final Checkpoint checkpoint = new Checkpoint(place, state, weightsDigest, optimizerDigest);
                Directories.writeSynced(aside.resolve(Checkpoint.STATE), CheckpointJson.write(checkpoint));
                WholeFile.sync(aside);
                moveInto(place, aside);
                WholeFile.sync(run);
                WholeFile.sync(root);
                return checkpoint;
            } catch (IOException | RuntimeException e) {
                Directories.delete(aside); // a full disk needs the space back
                throw e;
            }
        } catch (UncheckedIOException e) {
            throw cannotWrite(place, root(e));
        } catch (IOException e) {
            throw cannotWrite(place, e);
        }
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
        for (final Path directory : directories(run).reversed())
            try {
                final Checkpoint checkpoint = open(directory);
                verify(checkpoint);
                return Optional.of(checkpoint);
            } catch (WeightsException e) {
                LOG.warn("checkpoint {} is skipped: {}", directory, e.getMessage());
            }
        return Optional.empty();
    }

    /** The checkpoints of a run by step. Their files have the right lengths; the content of the tensors is not checked. */
    public List<Checkpoint> list(String run) {
        final List<Checkpoint> whole = new ArrayList<>();
        for (final Path directory : directories(run))
            try {
                whole.add(open(directory));
            } catch (WeightsException e) {
                LOG.warn("checkpoint {} is left out: {}", directory, e.getMessage());
            }
        return whole;
    }

    /** Deletes a checkpoint. Readers see all of it or nothing. A reader that has mapped its files keeps its tensors. */
    public void delete(Checkpoint checkpoint) {
        final Path place = checkpoint.directory();
        try {
            final Path aside = place.resolveSibling(ASIDE + place.getFileName());
            Directories.delete(aside);
            Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
            Directories.delete(aside);
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoint " + place + " cannot be deleted: " + e.getMessage(), e);
        }
    }

    private static void moveInto(Path place, Path aside) throws IOException {
        final Path replaced = place.resolveSibling(REPLACED + place.getFileName());
        if (Files.exists(place))
            Files.move(place, replaced, StandardCopyOption.ATOMIC_MOVE);
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
        Directories.delete(replaced);
    }

    /** Finishes or removes what a killed writer has left. */
    private static void sweep(Path run) throws IOException {
        for (final Path left : Directories.children(run)) {
            final String name = left.getFileName().toString();
            final Path replacedBy = run.resolve(name.substring(Math.min(name.length(), REPLACED.length())));
            if (name.startsWith(REPLACED) && !Files.exists(replacedBy))
                Files.move(left, replacedBy, StandardCopyOption.ATOMIC_MOVE);
            else if (name.startsWith(REPLACED) || name.startsWith(ASIDE))
                Directories.delete(left);
        }
    }

    /** The directories of checkpoints, by step. A checkpoint that is being replaced comes before the newer one of its step. */
    private List<Path> directories(String run) {
        try {
            return Directories.children(folder(run)).stream().filter(directory -> step(directory) >= 0)
                    .sorted(Comparator.comparingLong(CheckpointStore::step).thenComparing(Comparator.naturalOrder())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoints of run " + run + " cannot be listed: " + e
                    + ": set trainer.checkpoints to a folder that can be read and written", e);
        }
    }

    private static Checkpoint open(Path directory) {
        try {
            final Checkpoint checkpoint = CheckpointJson.read(directory, Files.readAllBytes(directory.resolve(Checkpoint.STATE)));
            if (checkpoint.state().step() != step(directory))
                throw new WeightsException("it holds step " + checkpoint.state().step());
            requireBytes(checkpoint.weightsFile(), checkpoint.weightsDigest());
            requireBytes(checkpoint.optimizerFile(), checkpoint.optimizerDigest());
            return checkpoint;
        } catch (IOException e) {
            throw new WeightsException("it cannot be read: " + e, e);
        }
    }

    private static void requireBytes(Path file, FileDigest digest) throws IOException {
        if (Files.size(file) != digest.bytes())
            throw new WeightsException(file.getFileName() + " has " + Files.size(file) + " bytes, not " + digest.bytes());
    }

    private static void verify(Checkpoint checkpoint) {
        try {
            requireDigest(checkpoint.weightsFile(), checkpoint.weightsDigest());
            requireDigest(checkpoint.optimizerFile(), checkpoint.optimizerDigest());
        } catch (IOException e) {
            throw new WeightsException("it cannot be read: " + e, e);
        }
    }

    private static void requireDigest(Path file, FileDigest digest) throws IOException {
        if (!Sha256.of(file).equals(digest))
            throw new WeightsException(file.getFileName() + " does not fit its SHA-256 " + digest.sha256());
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

    private static String name(long step) {
        return "step-%09d".formatted(step);
    }

    /** The step that a directory's name says; -1 if the directory is no checkpoint. */
    private static long step(Path directory) {
        final String name = directory.getFileName().toString();
        final Matcher step = STEP.matcher(name.startsWith(REPLACED) ? name.substring(REPLACED.length()) : name);
        return step.matches() ? Long.parseLong(step.group(1)) : -1;
    }
}
