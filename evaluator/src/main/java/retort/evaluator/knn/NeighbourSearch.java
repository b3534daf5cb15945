package retort.evaluator.knn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.trainer.engine.Engine;

/**
 * Exact search for the most similar bank rows of each query. It holds all queries and reads the bank once. Similarities are float32
 * matrix products on the engine. A task compares one tile of queries with one tile of the bank, so that other tasks can run in between.
 * Rows without a label are ignored on both sides. Any thread may subscribe; the result comes on the engine's thread.
 */
public final class NeighbourSearch {
    private static final int[] COLUMNS = {1};

    private final Engine engine;
    private final int k;
    private final int tileRows;
    private final long queryMemory;

    /**
     * @param k number of neighbours of each query
     * @param tileRows least number of rows in a tile of queries or of the bank; feature blocks are joined to reach it and are never split
     * @param queryMemory limit in bytes of the query features
     */
    public NeighbourSearch(Engine engine, int k, int tileRows, long queryMemory) {
        this.engine = engine;
        this.k = k;
        this.tileRows = tileRows;
        this.queryMemory = queryMemory;
    }

    /**
     * Finds the neighbours. Requests one block at a time.
     *
     * @param queries blocks of one width
     * @param bank blocks of the same width; it is subscribed to after the last query
     * @throws TooManyQueriesException (as the Mono's error) if the queries do not fit their memory
     * @throws ArithmeticException (as the Mono's error) if a feature is not finite
     */
    public Mono<Neighbourhood> search(Flux<FeatureBlock> queries, Flux<FeatureBlock> bank) {
        return tiles(queries).collect(Held::new, Held::add)
                .flatMap(held -> tiles(bank).concatMap(tile -> held.meet(tile).thenReturn(tile.labels()), 0)
                        .collectList().map(held::neighbourhood));
    }

    private Flux<FeatureBlock> tiles(Flux<FeatureBlock> blocks) {
        return Flux.defer(() -> {
            final int[] rows = {0};
            return blocks.bufferUntil(block -> {
                rows[0] += block.count();
                final boolean full = rows[0] >= tileRows;
                rows[0] = full ? 0 : rows[0];
                return full;
            }).map(FeatureBlock::labelled);
        });
    }

    /** The queries and their best neighbours so far. Called serially. */
    private final class Held {
        private final List<FeatureBlock> tiles = new ArrayList<>();
        private int queries;
        private int bankRows;
        private NearestNeighbours neighbours = new NearestNeighbours(0, k);

        void add(FeatureBlock tile) {
            queries += tile.count();
            final long bytes = (long) queries * tile.width() * Float.BYTES;
            if (bytes > queryMemory)
                throw new TooManyQueriesException(queries, tile.width(), queryMemory);
            tiles.add(tile);
        }

        /** Compares every query with one tile of the bank. */
        Mono<Void> meet(FeatureBlock bankTile) {
            if (bankRows == 0)
                neighbours = new NearestNeighbours(queries, k);
            final int firstRow = bankRows;
            bankRows += bankTile.count();
            final int[] firstQuery = {0};
            if (bankTile.count() == 0)
                return Mono.empty();
            return Mono.usingWhen(engine.submit(() -> columns(bankTile)),
                    bank -> Flux.fromIterable(tiles).filter(tile -> tile.count() > 0).concatMap(tile -> {
                        final int first = firstQuery[0];
                        firstQuery[0] += tile.count();
                        return engine.submit(() -> {
                            compare(tile, first, bank, firstRow, bankTile.count());
                            return first;
                        });
                    }, 0).then(),
                    bank -> engine.submit(() -> {
                        bank.getManager().close();
                        return 0;
                    }));
        }

        /** A tile of the bank as columns, which is used for all queries. It has a manager of its own, which closes it. */
        private NDArray columns(FeatureBlock tile) {
            return engine.manager().newSubManager().create(tile.rows(), new Shape(tile.count(), tile.width())).transpose();
        }

        private void compare(FeatureBlock tile, int firstQuery, NDArray bank, int firstRow, int columns) {
            try (NDManager manager = engine.manager().newSubManager()) {
                final NDArray queryRows = manager.create(tile.rows(), new Shape(tile.count(), tile.width()));
                final NDArray similarities = queryRows.matMul(bank);
                // Few queries still find a nearer row in a late tile, and the engine finds them faster than Java.
                final float[] highest = similarities.max(COLUMNS).toFloatArray();
                neighbours.offer(similarities.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer(), highest,
                        firstQuery, firstRow, columns);
            }
        }

        Neighbourhood neighbourhood(List<int[]> bankLabels) {
            return new Neighbourhood(neighbours, tiles.stream().flatMapToInt(tile -> IntStream.of(tile.labels())).toArray(),
                    bankLabels.stream().flatMapToInt(IntStream::of).toArray());
        }
    }
}
