package retort.trainer.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.SortedSet;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/** A model as another library holds it. */
sealed interface ExportedModel permits TimmModel, TransformersModel {
    /** The library that loads it: timm or transformers. */
    String library();

    /** All tensors of the model, under the names of the library. */
    Map<String, HostTensor> tensors();

    /** Names of tensors that the library has no place for and that the model does not need: decoder, mask token, projection heads. */
    SortedSet<String> leftOut();

    /** Shape of the encoder. */
    VitShape shape();

    /** Number of outputs of the head; 0 without a head. */
    int classes();

    /** The Python expression that makes the model without weights. */
    String expression();

    /** The Python expression that loads the model from {@code folder}. */
    String loading(String folder);

    /** The content of {@code config.json}. */
    ObjectNode config(Preprocessing images);
}
