package retort.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.digest.FileDigest;
import retort.place.BucketFiles;
import retort.place.PlaceException;
import retort.trainer.weights.NamedTensors;
import retort.trainer.weights.SafeTensors;

/**
 * Checkpoints of a run in a bucket, each below {@code step-000000120.OWNER.N/}, where {@code N} counts the saves of its owner. So two
 * owners never write the same object, and no object is ever replaced. A checkpoint appears by its last object, {@code checkpoint.json},
 * which is created if it is not there. Of two checkpoints of one step the one of the later owner counts.
 */
final class BucketShelf implements Shelf {
    private static final Logger LOG = LoggerFactory.getLogger(BucketShelf.class);
    private static final Pattern DIRECTORY = Pattern.compile("step-(\\d{9,18})\\.(\\d{6}-[0-9a-f]{6})\\.\\d{6,18}");

    private final Path run;
    private final Owners owners;
    private @Nullable String owner;
    private long saves;
    /** Steps of which there may be a checkpoint. */
    private final Set<Long> steps = new HashSet<>();

    BucketShelf(Path run) {
        this.run = run;
        this.owners = Owners.of(run);
    }

    @Override
    public synchronized String claim() throws IOException {
        final String claimed = owners.claim();
        owner = claimed;
        sweep();
        return claimed;
    }

    /** Removes what killed owners have left unfinished. */
    private void sweep() throws IOException {
        for (final Map.Entry<Path, Map<String, Path>> directory : directories().entrySet())
            if (directory.getValue().containsKey(Checkpoint.STATE))
                steps.add(step(directory.getKey()));
            else
                for (final Path object : directory.getValue().values())
                    Files.delete(object);
        try {
            BucketFiles.dropUploads(run);
        } catch (PlaceException e) {
            LOG.warn(
                    "unfinished uploads below {} stay, and cost what their parts weigh: let the bucket's lifecycle end them, or allow"
                            + " s3:ListBucketMultipartUploads and s3:AbortMultipartUpload: {}",
                    run, e.getMessage());
        }
    }

    @Override
    public synchronized Checkpoint save(TrainingState state, NamedTensors weights, NamedTensors optimizer) throws IOException {
        final String own = owner == null ? claim() : owner;
        requireOwner(own);
        final Path place = run.resolve("%s.%s.%06d".formatted(CheckpointStore.name(state.step()), own, ++saves));
        final Map<String, String> metadata = CheckpointStore.metadata(state);
        final FileDigest weightsDigest = SafeTensors.write(place.resolve(Checkpoint.WEIGHTS), weights, metadata);
        final FileDigest optimizerDigest = SafeTensors.write(place.resolve(Checkpoint.OPTIMIZER), optimizer, metadata);
        final Checkpoint checkpoint = new Checkpoint(place, state, weightsDigest, optimizerDigest);
        requireOwner(own);
        if (!BucketFiles.create(place.resolve(Checkpoint.STATE), CheckpointJson.write(checkpoint)))
            throw new NotOwnerException(place + " was written by another trainer: begin again, the run goes on from it");
        if (!steps.add(state.step()))
            for (final Found older : found())
                if (older.step() == state.step() && older.directory().compareTo(place) < 0)
                    delete(older.directory());
        return checkpoint;
    }

    private void requireOwner(String own) throws IOException {
        if (!owners.isLast(own))
            throw new NotOwnerException("another trainer has taken over the checkpoints in " + run
                    + ", so this one stops: let one trainer alone have this run, or give one of them another trainer.checkpoints");
    }

    /** The state comes first, because the checkpoint vanishes with it. */
    @Override
    public void delete(Path directory) throws IOException {
        Files.delete(directory.resolve(Checkpoint.STATE));
        for (final Path object : BucketFiles.all(directory))
            Files.delete(object);
    }

    @Override
    public List<Found> found() throws IOException {
        final List<Found> found = new ArrayList<>();
        directories().forEach((directory, objects) -> {
            if (objects.containsKey(Checkpoint.STATE))
                found.add(new Found(directory, step(directory),
                        Objects.requireNonNull(objects.get(Checkpoint.STATE)),
                        objects.getOrDefault(Checkpoint.WEIGHTS, directory.resolve(Checkpoint.WEIGHTS)),
                        objects.getOrDefault(Checkpoint.OPTIMIZER, directory.resolve(Checkpoint.OPTIMIZER))));
        });
        found.sort(Comparator.comparingLong(Found::step).thenComparing(Found::directory));
        return found;
    }

    /** The objects of each directory by their names, whole or not. Asks for one page of a thousand objects at a time. */
    private Map<Path, Map<String, Path>> directories() throws IOException {
        final Map<Path, Map<String, Path>> directories = new TreeMap<>();
        for (final Path object : BucketFiles.all(run)) {
            final Path directory = object.getParent();
            if (directory != null && run.equals(directory.getParent()) && step(directory) >= 0)
                directories.computeIfAbsent(directory, fresh -> new HashMap<>()).put(object.getFileName().toString(), object);
        }
        return directories;
    }

    /** The step that a directory's name says; -1 if the directory is no checkpoint. */
    private static long step(Path directory) {
        final Matcher step = DIRECTORY.matcher(directory.getFileName().toString());
        return step.matches() ? Long.parseLong(step.group(1)) : -1;
    }
}
