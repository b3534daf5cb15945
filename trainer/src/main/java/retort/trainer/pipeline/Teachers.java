package retort.trainer.pipeline;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    static Teacher find(CheckpointStore store, String run, TeacherSource source, VitShape student) {
        if (source.weights() instanceof WeightsSource.File(Path path, Optional<String> model))
            return ofFile(run, path, model, source, student);
        final FoundWeights found = FoundWeights.of(store, run, "its teacher", source.weights());
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
            return new Teacher(path.toUri() + model.map(name -> "#" + name).orElse(""),
                    "sha256:" + WeightsDigest.of(encoder.tensors()), encoder.shape(student.image()), encoder.tensors());
        } catch (IllegalArgumentException e) {
            throw new RunException("a teacher of patches of " + encoder.shape().patch()
                    + " px cannot see what the student sees: " + e.getMessage(), e);
        }
    }

    private static void requireSame(WeightsSource file, EncoderSettings given, VitShape found) {
        if (given.width() != found.width() || given.depth() != found.depth() || given.patch() != found.patch())
            throw new RunException("teacher-model says width " + given.width() + ", depth " + given.depth() + " and patches of "
                    + given.patch() + " px, but " + file + " has width " + found.width() + ", depth " + found.depth()
                    + " and patches of " + found.patch() + " px: correct teacher-model");
    }

    private static VitShape shape(Architecture of) {
        return new VitShape(of.getImage(), of.getPatch(), of.getChannels(), of.getWidth(), of.getDepth(), of.getHeads());
    }
}
