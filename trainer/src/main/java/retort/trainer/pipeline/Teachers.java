package retort.trainer.pipeline;

import java.util.Map;
import java.util.LinkedHashMap;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.place.Places;
import retort.trainer.weights.HostTensor;
import retort.trainer.model.PositionGrid;
import retort.record.Architecture;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.model.VitShape;
import retort.trainer.objective.EncoderSettings;
import retort.trainer.objective.Teacher;
import retort.trainer.objective.TeacherSource;
import retort.trainer.objective.WeightsSource;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.WeightsDigest;

/** Finds the teacher of a run and its shape. Blocking; any thread. */
final class Teachers {
    private static final Logger LOG = LoggerFactory.getLogger(Teachers.class);

    private Teachers() {
    }

    /**
     * @param run the run that has the teacher, for messages
     * @param student shape of the student; the position table of a teacher from a file is resized to the student's image
     * @throws RunException if there is no such teacher; the message says what is missing and what to do
     * @throws retort.trainer.weights.WeightsException if the encoder in the file is unknown or not supported; the message says why
     */
    static Teacher find(CheckpointStore store, Places places, String run, TeacherSource source, VitShape student) {
        if (source.weights() instanceof final WeightsSource.File file)
            return ofFile(run, file.path(places), file.model(), source, student);
        final FoundWeights found = FoundWeights.of(store, places, run, "its teacher", source.weights());
        final VitShape shape = found.architecture().map(Teachers::shape).orElseThrow();
        return new Teacher(found.name(), found.contentDigest(), shape, found.tensors());
    }

    private static Teacher ofFile(String run, Path path, Optional<String> model, TeacherSource source, VitShape student) {
        final PretrainedEncoder encoder;
        try {
            encoder = PretrainedEncoder.read(path, model, source.hints());
        } catch (UncheckedIOException e) {
            throw new RunException("run " + run + " has " + source.weights() + " as its teacher, which cannot be read: "
                    + e.getMessage(), e);
        }
        encoder.notes().forEach(note -> LOG.info("run {} has {} as its teacher: {}", run, source.weights(), note));
        source.model().ifPresent(given -> requireSame(source.weights(), given, encoder.shape()));
        try {
            final VitShape shape = encoder.shape(student.image());
            final Map<String, HostTensor> tensors = resized(encoder, shape.grid(), run, source.weights());
            return new Teacher(Places.address(path) + model.map(name -> "#" + name).orElse(""),
                    "sha256:" + WeightsDigest.of(tensors),
                    shape,
                    tensors);
        } catch (IllegalArgumentException e) {
            throw new RunException("run " + run + " has " + source.weights() + " as its teacher, which cuts patches of "
                    + encoder.shape().patch() + " px, and an image of its stream has a side of " + student.image()
                    + " px, which is no multiple of that: take a teacher with patches of " + student.patch()
                    + " px, or ingest images of another side (ingest.image)", e);
        }
    }

    /** The tensors with a position table for the student's images, if the library of the encoder resizes it in another way than MAE. */
    private static Map<String, HostTensor> resized(PretrainedEncoder encoder, int grid, String run, WeightsSource source) {
        final int own = encoder.shape().grid();
        if (own == grid)
            return encoder.tensors();
        if (encoder.positions().isEmpty())
            LOG.warn(
                    "run {} has {} as its teacher, whose position table of {}x{} patches is resized to {}x{} as MAE does it; timm and"
                            + " DINOv2 resize in other ways: set teacher-model.positions to mae or timm, or take a teacher for images of this side",
                    run, source, own, own, grid, grid);
        if (encoder.positions().filter(PositionGrid.Way.TIMM::equals).isEmpty())
            return encoder.tensors(); // resized when it is loaded
        final Map<String, HostTensor> tensors = new LinkedHashMap<>(encoder.tensors());
        tensors.computeIfPresent("pos_embed", (name, table) -> PositionGrid.resize(table, grid, PositionGrid.Way.TIMM));
        return tensors;
    }

    private static void requireSame(WeightsSource file, EncoderSettings given, VitShape found) {
        if (given.width() != found.width() || given.depth() != found.depth() || given.patch() != found.patch())
            throw new RunException("teacher-model says width " + given.width() + ", depth " + given.depth() + " and patches of "
                    + given.patch() + " px, but " + file + " has width " + found.width() + ", depth " + found.depth()
                    + " and patches of " + found.patch() + " px: correct teacher-model");
    }

    static VitShape shape(Architecture of) {
        return new VitShape(of.getImage(), of.getPatch(), of.getChannels(), of.getWidth(), of.getDepth(), of.getHeads());
    }
}
