package retort.trainer.pretrained;

import java.util.LinkedHashMap;
import java.util.Map;
import retort.trainer.model.Mlp;
import retort.trainer.weights.HostTensor;

/** Names layers so that they tell their activation, because {@code dmae.py} knows an activation by the names of its layers. */
final class Activation {
    private Activation() {
    }

    /** Renames the layers of MLPs with {@link Mlp#GELU}'s names to those of {@code mlp}. */
    static Map<String, HostTensor> named(Mlp mlp, Map<String, HostTensor> tensors) {
        final Map<String, HostTensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> renamed.put(name.startsWith("blocks.")
                ? name.replace("." + Mlp.GELU.first() + ".", "." + mlp.first() + ".")
                        .replace("." + Mlp.GELU.second() + ".", "." + mlp.second() + ".")
                : name, tensor));
        return renamed;
    }
}
