package retort.trainer.weights;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import retort.pickle.Value.Name;

/**
 * The names of classes and functions that a checkpoint's pickle may use. None of them is ever called. They are the names that PyTorch's
 * own safe loader ({@code torch.load(weights_only=True)} of 2.7.1) admits, and names that trainers are known to keep beside the weights.
 */
final class TorchNames {
    static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor";
    static final String REBUILD_TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
    /** For element types that have no storage class of their own: uint16, float8 and others. */
    static final String REBUILD_TENSOR_V3 = "torch._utils._rebuild_tensor_v3";
    static final String REBUILD_PARAMETER = "torch._utils._rebuild_parameter";
    /** A parameter with attributes of its own. */
    static final String REBUILD_PARAMETER_WITH_STATE = "torch._utils._rebuild_parameter_with_state";
    /** A tensor with attributes of its own, or a tensor of a subclass. */
    static final String REBUILD_FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

    /** Storage classes and their element types. Quantised ones are here for their width only, because no quantised tensor is read. */
    private static final Map<String, DType> STORAGES = Map.ofEntries(Map.entry("torch.DoubleStorage", DType.F64),
            Map.entry("torch.FloatStorage", DType.F32), Map.entry("torch.HalfStorage", DType.F16),
            Map.entry("torch.BFloat16Storage", DType.BF16), Map.entry("torch.LongStorage", DType.I64),
            Map.entry("torch.IntStorage", DType.I32), Map.entry("torch.ShortStorage", DType.I16),
            Map.entry("torch.CharStorage", DType.I8), Map.entry("torch.ByteStorage", DType.U8),
            Map.entry("torch.BoolStorage", DType.BOOL), Map.entry("torch.ComplexFloatStorage", DType.C64),
            Map.entry("torch.ComplexDoubleStorage", DType.C128), Map.entry("torch.storage.UntypedStorage", DType.U8),
            Map.entry("torch.QInt8Storage", DType.I8), Map.entry("torch.QUInt8Storage", DType.U8),
            Map.entry("torch.QInt32Storage", DType.I32), Map.entry("torch.QUInt4x2Storage", DType.U8),
            Map.entry("torch.QUInt2x4Storage", DType.U8));

    private static final Map<String, DType> TYPES = Map.ofEntries(Map.entry("torch.float64", DType.F64),
            Map.entry("torch.float32", DType.F32), Map.entry("torch.float16", DType.F16), Map.entry("torch.bfloat16", DType.BF16),
            Map.entry("torch.int64", DType.I64), Map.entry("torch.int32", DType.I32), Map.entry("torch.int16", DType.I16),
            Map.entry("torch.int8", DType.I8), Map.entry("torch.uint64", DType.U64), Map.entry("torch.uint32", DType.U32),
            Map.entry("torch.uint16", DType.U16), Map.entry("torch.uint8", DType.U8), Map.entry("torch.bool", DType.BOOL),
            Map.entry("torch.complex64", DType.C64), Map.entry("torch.complex128", DType.C128),
            Map.entry("torch.float8_e4m3fn", DType.F8_E4M3), Map.entry("torch.float8_e5m2", DType.F8_E5M2),
            Map.entry("torch.float8_e8m0fnu", DType.F8_E8M0));

    /** Functions that make a tensor from a storage. The tensors of the last six are not read. */
    private static final Set<String> REBUILDERS = Set.of(REBUILD_TENSOR, REBUILD_TENSOR_V2, REBUILD_TENSOR_V3, REBUILD_PARAMETER,
            REBUILD_PARAMETER_WITH_STATE, REBUILD_FROM_TYPE, "torch._utils._rebuild_qtensor",
            "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_meta_tensor_no_storage",
            "torch._utils._rebuild_nested_tensor", "torch._utils._rebuild_wrapper_subclass",
            "torch._utils._rebuild_device_tensor_from_numpy");

    /** Classes and values that describe tensors: shapes, devices, layouts, and element types without a name in safetensors. */
    private static final Set<String> DESCRIPTIONS = Set.of("torch.Size", "torch.device", "torch.Tensor",
            "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer", "torch.storage.TypedStorage",
            "torch.serialization._get_layout", "torch.complex32", "torch.float8_e4m3fnuz", "torch.float8_e5m2fnuz", "torch.qint8",
            "torch.quint8", "torch.qint32", "torch.quint4x2", "torch.quint2x4", "torch.per_tensor_affine",
            "torch.per_tensor_symmetric", "torch.per_channel_affine", "torch.per_channel_symmetric",
            "torch.per_channel_affine_float_qparams", "torch.bits8", "torch.bits16", "torch.bits1x8", "torch.bits2x4",
            "torch.bits4x2");

    /** Python's plain containers and numbers, under the module names of Python 2 and 3. */
    private static final Set<String> PLAIN = Stream.of("set", "frozenset", "dict", "list", "tuple", "bytearray", "complex", "int",
            "long", "float", "bool", "str", "unicode", "object", "slice", "range", "xrange").flatMap(
                    name -> Stream.of("builtins."
                            + name, "__builtin__." + name))
            .collect(Collectors.toUnmodifiableSet());

    /** Classes of objects that trainers keep beside the weights: arguments, paths, counters, and scores as numbers of NumPy. */
    private static final Set<String> BESIDE = Set.of("collections.OrderedDict", "collections.defaultdict", "collections.Counter",
            "argparse.Namespace", "types.SimpleNamespace", "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath",
            "pathlib.PurePosixPath", "pathlib.PureWindowsPath", "pathlib._local.Path", "pathlib._local.PosixPath",
            "pathlib._local.WindowsPath", "pathlib._local.PurePosixPath", "_codecs.encode", "numpy.dtype", "numpy.ndarray",
            "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct", "numpy._core.numeric._frombuffer", "numpy.core.numeric._frombuffer",
            "numpy.float64", "numpy.float32", "numpy.float16", "numpy.int64", "numpy.int32", "numpy.bool_",
            "numpy.dtypes.Float64DType", "numpy.dtypes.Float32DType", "numpy.dtypes.Float16DType", "numpy.dtypes.Int64DType",
            "numpy.dtypes.Int32DType", "numpy.dtypes.BoolDType");

    private TorchNames() {
    }

    static boolean known(Name asked) {
        final String name = asked.toString();
        return STORAGES.containsKey(name) || TYPES.containsKey(name) || REBUILDERS.contains(name) || DESCRIPTIONS.contains(name)
                || PLAIN.contains(name) || BESIDE.contains(name) || name.matches("torch\\.u?int[1-7]");
    }

    /** The element type of a storage class. */
    static Optional<DType> storage(Name name) {
        return Optional.ofNullable(STORAGES.get(name.toString()));
    }

    /** The element type that PyTorch calls {@code name}. */
    static Optional<DType> type(Name name) {
        return Optional.ofNullable(TYPES.get(name.toString()));
    }
}
