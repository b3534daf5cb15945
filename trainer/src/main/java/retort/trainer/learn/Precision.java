package retort.trainer.learn;

import ai.djl.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import retort.trainer.engine.Card;

/** Element type of matrix products. Weights, norms, the residual stream and losses are float32 in both. */
public enum Precision {
    FLOAT32(6), BFLOAT16(15);

    /** Names of Linux for the instructions; bounded, so that no other name contains them. */
    private static final String BFLOAT16_FLAGS = ".*\\b(amx_bf16|avx512_bf16)\\b.*";

    private final int torchType;

    Precision(int torchType) {
        this.torchType = torchType;
    }

    /** The name in the settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The precision of {@code precision = auto}: bfloat16 on a GPU of compute capability 8 or more, and on a CPU with instructions for it (AMX
     * or AVX-512), where a step takes about half the time (MEASURED.md); otherwise float32. A GPU whose driver does not tell is taken for a new one.
     */
    public static Precision fastOn(Device device) {
        final boolean fast = device.isGpu()
                ? Card.of(device).map(Card::bfloat16).orElse(true)
                : processor().matches(BFLOAT16_FLAGS);
        return fast ? BFLOAT16 : FLOAT32;
    }

    /** The flags of the first processor, in one line. Empty where Linux does not tell them. */
    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
        } catch (IOException | UncheckedIOException _) {
            return "";
        }
    }

    /** PyTorch's number of the element type. */
    int torchType() {
        return torchType;
    }
}
