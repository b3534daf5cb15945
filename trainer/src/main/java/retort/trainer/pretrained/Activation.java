package retort.trainer.pretrained;

import java.util.LinkedHashMap;
import java.util.Map;
import retort.trainer.model.Mlp;
import retort.trainer.weights.HostTensor;

/** Names layers so that they tell their activation, because {@code dmae.py} knows an activation by the names of its layers. */
final class Activation {
    private Activation() {
    }

    /** Renames the layers of the MLPs to CLIP's own names, which mean the quick GELU. */
    static Map<String, HostTensor> quickGelu(Map<String, HostTensor> tensors) {
        final Map<String, HostTensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> renamed.put(name.startsWith("blocks.")
                ? name.replace("." + Mlp.GELU.first() + ".", "." + Mlp.QUICK_GELU.first() + ".")
                        .replace("." + Mlp.GELU.second() + ".", "." + Mlp.QUICK_GELU.second() + ".")
                : name, tensor));
        return renamed;
    }
}
