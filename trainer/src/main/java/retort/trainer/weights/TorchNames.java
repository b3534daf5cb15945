package retort.trainer.weights;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.trainer.weights.pickle.Value.Name;

/**
 * The names that a checkpoint's pickle may use: what makes tensors, and what trainers are known to leave beside them. None of
 * them is ever called; the latter stay opaque.
 */
final class TorchNames {
    static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor";
    static final String REBUILD_TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
    static final String REBUILD_PARAMETER = "torch._utils._rebuild_parameter";

    private static final Map<String, DType> STORAGES = Map.of("torch.DoubleStorage", DType.F64, "torch.FloatStorage", DType.F32,
            "torch.HalfStorage", DType.F16, "torch.BFloat16Storage", DType.BF16, "torch.LongStorage", DType.I64,
            "torch.IntStorage", DType.I32, "torch.ShortStorage", DType.I16, "torch.CharStorage", DType.I8, "torch.ByteStorage",
            DType.U8, "torch.BoolStorage", DType.BOOL);

    private static final Set<String> OTHERS = Set.of(REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_PARAMETER,
            "collections.OrderedDict", "collections.defaultdict", "argparse.Namespace", "torch.Size", "torch.device",
            "torch.float64", "torch.float32", "torch.float16", "torch.bfloat16", "torch.int64", "torch.int32", "torch.uint8",
            "torch.bool", "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath",
            "pathlib.PureWindowsPath", "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "numpy.dtype", "numpy.ndarray",
            "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct", "_codecs.encode", "builtins.set", "__builtin__.set", "builtins.dict",
            "__builtin__.dict", "builtins.list", "__builtin__.list");

    private TorchNames() {
    }

    static boolean known(Name name) {
        return OTHERS.contains(name.toString()) || STORAGES.containsKey(name.toString());
    }

    /** The element type of a storage class. */
    static Optional<DType> storage(Name name) {
        return Optional.ofNullable(STORAGES.get(name.toString()));
    }
}
