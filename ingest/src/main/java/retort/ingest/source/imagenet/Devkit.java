package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.SourceException;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * {@code ILSVRC2012_devkit_t12.tar.gz}: the classes, and the class of each validation image. Its ground truth holds
 * ILSVRC2012_IDs, which are no class indices: they are numbers of rows of {@code data/meta.mat}, and the rows without children
 * are the classes.
 *
 * @param synsets the classes
 * @param validation class index of the i-th validation image by name
 */
@SuppressWarnings("ArrayRecordComponent") // a table, never compared
record Devkit(Synsets synsets, int[] validation) {
    static final String NAME = "ILSVRC2012_devkit_t12.tar.gz";

    private static final String META = "data/meta.mat";
    private static final String GROUND_TRUTH = "data/ILSVRC2012_validation_ground_truth.txt";
    private static final int MOST_BYTES = 64 << 20;

    static Devkit read(Path directory) throws SourceException {
        final Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file))
            throw new SourceException(
                    file + " is not there: the classes of the validation images are in it; put it beside the archives");
        final Map<String, byte[]> members = new HashMap<>();
        try (TarReader tar = TarReader.open(file, 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next())
                for (final String wanted : List.of(META, GROUND_TRUTH))
                    if (member.get().name().endsWith("/" + wanted))
                        members.put(wanted, tar.content(member.get(), MOST_BYTES));
            return of(members.get(META), members.get(GROUND_TRUTH));
        } catch (IOException e) {
            throw new SourceException(file + " cannot be read: " + e.getMessage() + "; fetch it again", e);
        }
    }

    /** The same validation images with the class indices of {@code listed}. */
    Devkit ordered(Synsets listed) {
        final int[] labels = new int[validation.length];
        for (int i = 0; i < labels.length; i++)
            labels[i] = listed.index(synsets.names().get(validation[i])).orElseThrow();
        return new Devkit(listed, labels);
    }

    private static Devkit of(byte @Nullable [] meta, byte @Nullable [] groundTruth) throws IOException {
        if (meta == null || groundTruth == null)
            throw new IOException("it holds no " + (meta == null ? META : GROUND_TRUTH));
        final Map<Integer, String> idToWnid = new HashMap<>();
        try {
            for (final MatFile.Row row : MatFile.rows(meta, "synsets"))
                if (row.integer("num_children") == 0)
                    idToWnid.put(row.integer("ILSVRC2012_ID"), row.text("WNID"));
        } catch (IOException e) {
            throw new IOException(META + ": " + e.getMessage(), e);
        }
        final Synsets synsets = Synsets.sorted(idToWnid.values());
        final String[] lines = new String(groundTruth, StandardCharsets.US_ASCII).strip().split("\\s+");
        final int[] labels = new int[lines.length];
        for (int i = 0; i < lines.length; i++) {
            final String wnid = lines[i].matches("\\d{1,9}") ? idToWnid.get(Integer.parseInt(lines[i])) : null;
            if (wnid == null)
                throw new IOException(GROUND_TRUTH + ": line " + (i + 1) + " is not the ILSVRC2012_ID of a class in " + META);
            labels[i] = synsets.index(wnid).orElseThrow();
        }
        return new Devkit(synsets, labels);
    }
}
