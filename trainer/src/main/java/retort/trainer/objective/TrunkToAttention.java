package retort.trainer.objective;

import java.util.List;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.PretrainedEncoder;

/** The trunk of an encoder that ends with the queries, keys and values of a block. */
final class TrunkToAttention {
    /** The parts of a block behind its queries, keys and values. */
    private static final List<String> BEHIND = List.of("attn.proj", "norm2", "mlp", "ls1", "ls2");

    private TrunkToAttention() {
    }

    /** The trunk as far as the queries, keys and values of block {@code last}, counted from 0. */
    static List<Parameter> parameters(VitShape vit, int last) {
        return Parameters.trunk(vit, last + 1).stream()
                .filter(parameter -> BEHIND.stream()
                        .noneMatch(part -> parameter.name().startsWith("blocks." + last + "." + part + ".")))
                .toList();
    }

    /** Names of the tensors of a whole encoder that follow these. */
    static List<String> leftOver(VitShape vit, int last) {
        final List<String> names = PretrainedEncoder.leftOver(vit, last + 1);
        BEHIND.forEach(part -> names.add("blocks." + last + "." + part + ".*"));
        return names;
    }
}
