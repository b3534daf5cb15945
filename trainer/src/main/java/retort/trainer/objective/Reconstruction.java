package retort.trainer.objective;

import java.util.List;
import java.util.Map;
import java.util.Set;
import retort.record.Architecture;
import retort.settings.Section;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;

/**
 * The part of an objective in which a decoder predicts the pixels of masked patches from the visible patches.
 *
 * @param normPix true if the targets are standardised patch by patch
 */
public record Reconstruction(DecoderShape decoder, boolean normPix) {
    /** Keys that {@link #of} reads. */
    public static final Set<String> KEYS = Set.of("decoder", "norm-pix");

    public static Reconstruction of(Section run) {
        return new Reconstruction(decoder(run, "decoder"), run.bool("norm-pix"));
    }

    /** Reads the shape of a decoder, an object {@code {width, depth, heads}}. */
    static DecoderShape decoder(Section run, String key) {
        final Section decoder = run.section(key).only(Set.of("width", "depth", "heads"));
        final int width = decoder.integer("width", 4, 1 << 14);
        final int depth = decoder.integer("depth", 1, 256);
        final int heads = decoder.integer("heads", 1, 256);
        try {
            return new DecoderShape(width, depth, heads);
        } catch (IllegalArgumentException e) {
            throw decoder.error("width", width, String.valueOf(e.getMessage()));
        }
    }

    List<Parameter> parameters(VitShape vit) {
        return Parameters.decoder(vit, decoder);
    }

    Map<String, Object> attributes() {
        return Map.of("decoder_heads", decoder.heads(), "decoder_depth", decoder.depth(), "norm_pix", normPix);
    }

    public void describe(Architecture.Builder architecture) {
        architecture.setDecoderWidth(decoder.width());
        architecture.setDecoderDepth(decoder.depth());
        architecture.setDecoderHeads(decoder.heads());
    }
}
