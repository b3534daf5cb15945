package retort.trainer.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.Predicate;
import retort.trainer.weights.pickle.PickleException;

/**
 * Weights of unknown make: safetensors, or what {@code torch.save} wrote (.pth, zip or legacy), told apart by content. The file
 * is mapped; it must not be cut while its tensors are in use. Nothing in it is ever run. Any thread.
 */
public final class WeightsFile {
    private WeightsFile() {
    }

    /**
     * The state dict: of a checkpoint that wraps it, what is under {@code model} or {@code state_dict}.
     *
     * @throws WeightsException that names the file and what is wrong with it
     * @throws UncheckedIOException where it cannot be read
     */
    public static Map<String, HostTensor> read(Path file) {
        return read(file, name -> true);
    }

    /** @param wanted by name; the bytes of other tensors are not looked at */
    public static Map<String, HostTensor> read(Path file, Predicate<String> wanted) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            final MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            if (TorchFile.isZip(all))
                return TorchFile.readZip(all, wanted);
            if (TorchFile.isLegacy(all))
                return TorchFile.readLegacy(all, wanted);
            if (all.byteSize() > 8 && all.get(ValueLayout.JAVA_BYTE, 8) == '{')
                return SafeTensors.read(all, wanted);
            throw new WeightsException("with " + all.byteSize() + " bytes it is "
                    + "neither safetensors nor what torch.save writes" + (looksLikeText(all) ? ", but text" : ""));
        } catch (WeightsException | PickleException e) {
            throw new WeightsException("weights " + file + " are refused: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("weights cannot be read from " + file + ": " + e, e);
        }
    }

    /** An error page, or a pointer to large-file storage, saved under the name of weights. */
    private static boolean looksLikeText(MemorySegment file) {
        for (long at = 0; at < Math.min(200, file.byteSize()); at++) {
            final byte next = file.get(ValueLayout.JAVA_BYTE, at);
            if (next < ' ' && next != '\n' && next != '\r' && next != '\t')
                return false;
        }
        return file.byteSize() > 0;
    }
}
