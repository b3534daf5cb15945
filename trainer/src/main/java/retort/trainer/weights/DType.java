package retort.trainer.weights;

/** Element types, by safetensors' names. A weight has a type of {@link #isWeight}; other tensors in a file may have any type. */
public enum DType {
    F64(8), F32(4), F16(2), BF16(2), I64(8), I32(4), I16(2), I8(1), U64(8), U32(4), U16(2), U8(1), BOOL(1), C64(8), C128(
            16), F8_E4M3(1), F8_E5M2(1), F8_E8M0(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for the types that a model can be computed from: F64, F32, F16 and BF16. */
    public boolean isWeight() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }
}
