package retort.trainer.engine;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtorch and prepares the calling thread, which becomes the engine's. */
final class NativeLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);
    private static final String JNA_PATH = "jna.library.path";

    private NativeLibraries() {
    }

    /**
     * @return the root manager on the device of the settings; the caller closes it
     * @throws EngineUnavailableException if libraries or device are missing
     */
    static NDManager load(EngineSettings settings) {
        findCudaRuntime();
        final ai.djl.engine.Engine torch = torch();
        final Device device = device(settings.device(), torch.getGpuCount());
        JniUtils.setNumThreads(settings.threadsHere()); // on this thread, because OpenMP keeps the number for each thread
        // Off, because the profiling executor recompiles after a few calls: a step would round differently before and after a resume.
        JniUtils.setGraphExecutorOptimize(false);
        Card.of(device).ifPresent(card -> LOG.info("device {}: {}", device, card));
        return torch.newBaseManager(device);
    }

    /**
     * DJL counts GPUs by CUDA's own library, which it looks for by JNA. Beside a libtorch of PyTorch's wheels it lies in a folder in which
     * nobody looks, and DJL would count no GPU.
     */
    private static void findCudaRuntime() {
        final String libtorch = System.getenv("PYTORCH_LIBRARY_PATH");
        if (libtorch == null || System.getProperty(JNA_PATH) != null)
            return;
        final Path runtime = Path.of(libtorch).resolve("../../nvidia/cuda_runtime/lib").normalize();
        if (Files.isDirectory(runtime))
            System.setProperty(JNA_PATH, runtime.toString());
    }

    private static ai.djl.engine.Engine torch() {
        try {
            return ai.djl.engine.Engine.getEngine("PyTorch");
        } catch (EngineException | UnsatisfiedLinkError | NoClassDefFoundError | IllegalStateException e) {
            throw new EngineUnavailableException("PyTorch's native libraries did not load on " + System.getProperty("os.name")
                    + " " + System.getProperty("os.arch") + " (" + reason(e)
                    + "): put pytorch-native-cpu for this machine on the class path, or point PYTORCH_LIBRARY_PATH at a libtorch 2.7.1;"
                    + " one for CUDA loads beside the GPU's driver alone", e);
        }
    }

    /** DJL says that a library failed to load, and its cause says which one was missing. */
    private static String reason(Throwable error) {
        return error.getCause() == null ? String.valueOf(error.getMessage()) : reason(error.getCause());
    }

    private static Device device(String name, int gpus) {
        if (name.equals("cpu") || name.equals("auto") && gpus == 0)
            return Device.cpu();
        final int index = name.equals("auto") ? 0 : Integer.parseInt(name.substring("cuda:".length()));
        if (index >= gpus)
            throw new EngineUnavailableException("setting trainer.device = " + name + ": this libtorch sees " + gpus
                    + " GPUs; use cpu, or a libtorch for CUDA (PYTORCH_LIBRARY_PATH, PYTORCH_VERSION, PYTORCH_FLAVOR)");
        return Device.gpu(index);
    }
}
