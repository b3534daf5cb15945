package retort.bench.step;

/** An implementation of the step, with the precision of its arithmetic. */
enum Contestant {
    RETORT_FLOAT32("retort", "float32", "Retort, float32"), RETORT_BFLOAT16("retort", "bfloat16",
            "Retort, bfloat16"), PROGRAM_FLOAT32("program", "float32",
                    "Retort's program in Python, float32"), PROGRAM_BFLOAT16("program", "bfloat16",
                            "Retort's program in Python, bfloat16"), LEAN_FLOAT32("lean", "float32",
                                    "lean eager, float32"), LEAN_BFLOAT16("lean", "bfloat16",
                                            "lean autocast, bfloat16"), AUTHORS_FLOAT32("authors", "float32",
                                                    "the authors' way, float32"), PRODUCTS_FLOAT32("products", "float32",
                                                            "matrix products, float32"), PRODUCTS_BFLOAT16("products", "bfloat16",
                                                                    "matrix products, bfloat16");

    private final String kind;
    private final String precision;
    private final String title;

    Contestant(String kind, String precision, String title) {
        this.kind = kind;
        this.precision = precision;
        this.title = title;
    }

    /**
     * {@code retort} runs in Java. {@code program} is the same TorchScript program, run by Python's PyTorch. {@code lean}, {@code authors}
     * and {@code products} are names in step_contestant.py.
     */
    String kind() {
        return kind;
    }

    /** {@code float32} or {@code bfloat16}. */
    String precision() {
        return precision;
    }

    String title() {
        return title;
    }

    /** True for the contestants that compute only matrix products. Their rate is the measure for the other contestants. */
    boolean isRate() {
        return kind.equals("products");
    }

    Contestant rate() {
        return precision.equals("float32") ? PRODUCTS_FLOAT32 : PRODUCTS_BFLOAT16;
    }
}
