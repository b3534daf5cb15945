package retort.trainer.pretrained;

import java.util.LinkedHashMap;
import java.util.Map;
import retort.trainer.model.Mlp;
import retort.trainer.weights.HostTensor;

/** {@code dmae.py} tells activations apart by the names of the layers around them. */
final class Activation {
    private Activation() {
    }

    /** Renames the layers of the MLPs to CLIP's own names, which stand for the quick GELU. */
    static Map<String, HostTensor> quickGelu(Map<String, HostTensor> tensors) {
        final Map<String, HostTensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> renamed.put(name.startsWith("blocks.")
                ? name.replace("." + Mlp.GELU.first() + ".", "." + Mlp.QUICK_GELU.first() + ".")
                        .replace("." + Mlp.GELU.second() + ".", "." + Mlp.QUICK_GELU.second() + ".")
                : name, tensor));
        return renamed;
    }
}
