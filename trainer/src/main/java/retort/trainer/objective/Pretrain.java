package retort.trainer.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.settings.Section;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;

/**
 * Masked autoencoding (MAE, arXiv 2111.06377): a model predicts the pixels of masked patches from the visible patches. A pre-trained
 * model can be the teacher of a {@link Distill} run.
 *
 * @param visible number of patches that the encoder sees
 */
public record Pretrain(Reconstruction reconstruction, int visible) implements MaskedObjective {
    private static final String NAME = "pretrain";

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(Reconstruction.KEYS, MaskSettings.KEYS);
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            return new Settings(Reconstruction.of(run), MaskSettings.of(run));
        }
    }

    /** The settings of the objective. */
    public record Settings(Reconstruction reconstruction, MaskSettings mask) implements ObjectiveSettings {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Pretrain with(VitShape vit, Stream stream, Optional<Teacher> teacher) {
            return new Pretrain(reconstruction, mask.visibleOf(vit.patches()));
        }

        @Override
        public void announce(CheckpointReady.Builder event, int patches) {
            event.setNormPix(reconstruction.normPix()).setMaskRatio(mask.ratioOf(patches));
        }
    }

    @Override
    public void check(VitShape vit) {
        MaskSettings.requireMasked(vit, visible);
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(vit));
        all.addAll(reconstruction.parameters(vit));
        return all;
    }

    @Override
    public List<String> lossParts() {
        return List.of("total", "reconstruction", "");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        final Map<String, Object> all = new TreeMap<>(reconstruction.attributes());
        all.putAll(Map.of("visible", visible, "teacher_visible", visible));
        return all;
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        return OptionalLong.of(Operations.trained(vit, visible,
                Operations.blocks(vit, vit.depth(), visible) + Operations.decoder(vit, reconstruction.decoder(), visible)));
    }

    @Override
    public void describe(Architecture.Builder architecture) {
        reconstruction.describe(architecture);
    }
}
