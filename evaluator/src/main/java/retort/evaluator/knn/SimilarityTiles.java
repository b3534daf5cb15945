package retort.evaluator.knn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;

/**
 * Tiles of queries and one tile of the bank in native memory, and the products of two of them. The tiles of queries stay. A tile of the bank
 * replaces the one before, in the same memory, and so do the products. Engine's thread only. The caller that opens it closes it.
 */
final class SimilarityTiles implements AutoCloseable {
    private final NDManager manager;
    private final Program program;
    private final List<NDArray> queries = new ArrayList<>();
    private ByteBuffer rows = ByteBuffer.allocateDirect(0);
    private NDArray bank;
    private NDArray room;

    /**
     * The similarities of one tile of queries with the tile of the bank.
     *
     * @param values cosine similarities, shape (queries, bank rows); valid until the next tile of queries is compared
     * @param highest the highest of each query; shape (queries)
     */
    @SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
    record Products(FloatBuffer values, float[] highest) {
    }

    private SimilarityTiles(NDManager manager, Program program) {
        this.manager = manager;
        this.program = program;
        this.bank = manager.create(new Shape(0));
        this.room = manager.create(new Shape(0));
    }

    static SimilarityTiles open(Engine engine) {
        final NDManager manager = engine.manager().newSubManager();
        return new SimilarityTiles(manager, Program.compile(manager, source(), Map.of()));
    }

    private static String source() {
        try (InputStream in = Objects.requireNonNull(SimilarityTiles.class.getResourceAsStream("neighbours.py"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a tile of queries behind those before. */
    void add(FeatureBlock tile) {
        try (NDArray view = view(tile)) {
            queries.add(view.duplicate());
        }
    }

    /** Takes a tile of the bank in the place of the one before. */
    void take(FeatureBlock tile) {
        bank.close();
        bank = view(tile);
    }

    /** The rows of a tile as a tensor, which is valid until the next call. */
    private NDArray view(FeatureBlock tile) {
        final int bytes = Math.multiplyExact(tile.rows().length, Float.BYTES);
        if (rows.capacity() < bytes)
            rows = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        rows.clear().limit(bytes);
        rows.asFloatBuffer().put(tile.rows());
        return manager.create(rows, new Shape(tile.count(), tile.width()), DataType.FLOAT32);
    }

    /** Compares a tile of queries, counted from 0, with the tile of the bank. */
    Products compare(int tile) {
        final NDArray asked = queries.get(tile);
        final long products = asked.size(0) * bank.size(0);
        if (room.size() < products) {
            room.close();
            room = manager.create(new Shape(products));
        }
        try (NDManager call = manager.newSubManager()) {
            final List<NDArray> found = Program.list(call, program.infer("compare", asked, bank, room));
            return new Products(found.get(0).toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer(),
                    found.get(1).toFloatArray());
        }
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
