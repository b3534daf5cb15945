package retort.trainer.engine;

import ai.djl.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An NVIDIA GPU, as its driver describes it. DJL does not tell a GPU's name.
 *
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param bytes size of its memory
 * @param major compute capability, before the point
 * @param minor compute capability, behind the point
 * @param cuda the newest CUDA that the driver serves: 1000 times its major version and 10 times its minor one
 */
public record Card(String name, long bytes, int major, int minor, int cuda) {
    private static final Logger LOG = LoggerFactory.getLogger(Card.class);
    private static final int NAME_BYTES = 256;
    /** CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and MINOR of cuda.h. */
    private static final int MAJOR = 75;
    private static final int MINOR = 76;
    /** The compute capability from which on matrix products in bfloat16 have instructions of their own. */
    private static final int AMPERE = 8;
    private static final double GIB = 1L << 30;

    /** The card of a device. Empty for a CPU, and where the driver does not answer. */
    public static Optional<Card> of(Device device) {
        if (!device.isGpu())
            return Optional.empty();
        final String library = System.getProperty("os.name").startsWith("Windows") ? "nvcuda" : "libcuda.so.1";
        try (Arena arena = Arena.ofConfined()) {
            return Optional.of(new Driver(SymbolLookup.libraryLookup(library, Arena.global()), arena).card(device.getDeviceId()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            LOG.warn("the driver of {} does not describe it: {}", device, e.getMessage());
            return Optional.empty();
        }
    }

    /** True if matrix products in bfloat16 are faster than in float32. */
    public boolean bfloat16() {
        return major >= AMPERE;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %.1f GiB, compute capability %d.%d, %s bfloat16, driver for CUDA %d.%d", name,
                bytes / GIB, major, minor, bfloat16() ? "with" : "without", cuda / 1000, cuda % 1000 / 10);
    }

    /** The functions of CUDA's driver. They are the same in every version. */
    private record Driver(SymbolLookup lookup, Arena arena) {
        private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
        private static final MemoryLayout INT = ValueLayout.JAVA_INT;

        Card card(int index) {
            call("cuInit", 0);
            final MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            call("cuDeviceGet", number, index);
            final int device = number.get(ValueLayout.JAVA_INT, 0);
            final MemorySegment name = arena.allocate(NAME_BYTES);
            call("cuDeviceGetName", name, NAME_BYTES, device);
            final MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            call("cuDeviceTotalMem_v2", bytes, device);
            call("cuDriverGetVersion", number);
            final int cuda = number.get(ValueLayout.JAVA_INT, 0);
            call("cuDeviceGetAttribute", number, MAJOR, device);
            final int major = number.get(ValueLayout.JAVA_INT, 0);
            call("cuDeviceGetAttribute", number, MINOR, device);
            return new Card(name.getString(0), bytes.get(ValueLayout.JAVA_LONG, 0), major,
                    number.get(ValueLayout.JAVA_INT, 0), cuda);
        }

        /** @throws IllegalStateException if the function is missing, or does not end with 0 */
        private void call(String function, Object... arguments) {
            final MemoryLayout[] layouts = new MemoryLayout[arguments.length];
            for (int n = 0; n < layouts.length; n++)
                layouts[n] = arguments[n] instanceof MemorySegment ? POINTER : INT;
            final MemorySegment address = lookup.find(function)
                    .orElseThrow(() -> new IllegalStateException(function + " is missing"));
            final int status;
            try {
                status = (int) Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts))
                        .invokeWithArguments(arguments);
            } catch (Throwable e) {
                throw new IllegalStateException(function + " cannot be called", e);
            }
            if (status != 0)
                throw new IllegalStateException(function + " ended with " + status);
        }
    }
}
