package retort.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.digest.FileDigest;
import retort.file.WholeFile;
import retort.trainer.weights.NamedTensors;
import retort.trainer.weights.SafeTensors;

/**
 * Checkpoints of a run in a folder on a disk, each in {@code step-000000120/}. A checkpoint appears by one rename after all its files
 * are flushed to the disk.
 */
record DiskShelf(Path run) implements Shelf {
    private static final Pattern STEP = Pattern.compile("step-(\\d{9,18})");
    /** Prefix of a directory that is being written or deleted. It is no checkpoint. If its writer was killed, the next save removes it. */
    private static final String ASIDE = ".aside-";
    /**
     * Prefix of a checkpoint that is being replaced by a newer one of the same step. It still counts until the newer one has been
     * renamed into place.
     */
    private static final String REPLACED = ".replaced-";

    /** The claim at the broker is enough, because a checkpoint appears by one rename. What was left unfinished is removed by the next save. */
    @Override
    public String claim() {
        return NO_OWNER;
    }

    @Override
    public Checkpoint save(TrainingState state, NamedTensors weights, NamedTensors optimizer) throws IOException {
        final Path place = run.resolve(CheckpointStore.name(state.step()));
        // Another name each time, because an older owner of the run that is not yet aware of this one may still write the same step.
        final Path aside = run.resolve(ASIDE + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()) + "-"
                + place.getFileName());
        Files.createDirectories(run);
        sweep();
        Files.createDirectory(aside);
        try {
            final Map<String, String> metadata = CheckpointStore.metadata(state);
            final FileDigest weightsDigest = SafeTensors.write(aside.resolve(Checkpoint.WEIGHTS), weights, metadata);
            final FileDigest optimizerDigest = SafeTensors.write(aside.resolve(Checkpoint.OPTIMIZER), optimizer, metadata);
            final Checkpoint checkpoint = new Checkpoint(place, state, weightsDigest, optimizerDigest);
            Directories.writeSynced(aside.resolve(Checkpoint.STATE), CheckpointJson.write(checkpoint));
            WholeFile.sync(aside);
            moveInto(place, aside);
            WholeFile.sync(run);
            WholeFile.sync(Objects.requireNonNull(run.getParent()));
            return checkpoint;
        } catch (IOException | RuntimeException e) {
            Directories.delete(aside); // a full disk needs the space back
            throw e;
        }
    }

    @Override
    public void delete(Path place) throws IOException {
        final Path aside = place.resolveSibling(ASIDE + place.getFileName());
        Directories.delete(aside);
        Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
        Directories.delete(aside);
    }

    private static void moveInto(Path place, Path aside) throws IOException {
        final Path replaced = place.resolveSibling(REPLACED + place.getFileName());
        if (Files.exists(place))
            Files.move(place, replaced, StandardCopyOption.ATOMIC_MOVE);
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
        Directories.delete(replaced);
    }

    /** Finishes or removes what a killed writer has left. */
    private void sweep() throws IOException {
        for (final Path left : Directories.children(run)) {
            final String name = left.getFileName().toString();
            final Path replacedBy = run.resolve(name.substring(Math.min(name.length(), REPLACED.length())));
            if (name.startsWith(REPLACED) && !Files.exists(replacedBy))
                Files.move(left, replacedBy, StandardCopyOption.ATOMIC_MOVE);
            else if (name.startsWith(REPLACED) || name.startsWith(ASIDE))
                Directories.delete(left);
        }
    }

    @Override
    public List<Found> found() throws IOException {
        return Directories.children(run).stream().filter(directory -> step(directory) >= 0)
                .sorted(Comparator.comparingLong(DiskShelf::step).thenComparing(Comparator.naturalOrder()))
                .map(directory -> Found.in(directory, step(directory))).toList();
    }

    /** The step that a directory's name says; -1 if the directory is no checkpoint. */
    private static long step(Path directory) {
        final String name = directory.getFileName().toString();
        final Matcher step = STEP.matcher(name.startsWith(REPLACED) ? name.substring(REPLACED.length()) : name);
        return step.matches() ? Long.parseLong(step.group(1)) : -1;
    }
}
