package retort.trainer.weights;

import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import retort.digest.Sha256;

/**
 * SHA-256 of the content of weights. It does not depend on the file. Equal tensors in the same order of names have equal digests. Any
 * thread.
 */
public final class WeightsDigest {
    private WeightsDigest() {
    }

    /** The SHA-256 of the tensors' bytes alone, one tensor after another in the order of their names; lower-case hex. */
    public static String of(Map<String, HostTensor> tensors) {
        final MessageDigest digest = Sha256.digest();
        new TreeMap<>(tensors).values().forEach(tensor -> digest.update(tensor.view()));
        return Sha256.hex(digest);
    }
}
