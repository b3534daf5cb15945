package retort.evaluator.knn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.trainer.engine.Engine;

/**
 * Exact search for the most similar bank rows of each query. It holds all queries, outside the heap, and reads the bank once. Similarities are float32
 * matrix products on the engine. A task compares one tile of queries with one tile of the bank, so that other tasks can run in between.
 * Rows without a label are ignored on both sides. Any thread may subscribe; the result comes on the engine's thread.
 */
public final class NeighbourSearch {
    /** A tile that has reached these bytes is full, too: raw pixels of 224 pixels a side are 600 kB a row. */
    private static final long TILE_BYTES = 64 << 20;

    private final Engine engine;
    private final int k;
    private final int tileRows;
    private final long queryMemory;

    /**
     * @param k number of neighbours of each query
     * @param tileRows least number of rows in a tile of queries or of the bank; feature blocks are joined to reach it, or to reach 64 MiB, and
     * are never split
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
        return Mono.usingWhen(engine.submit(() -> new Held(SimilarityTiles.open(engine))),
                held -> tiles(queries).concatMap(held::add, 0)
                        .thenMany(tiles(bank).concatMap(tile -> held.meet(tile).thenReturn(tile.labels()), 0))
                        .collectList().map(held::neighbourhood),
                held -> engine.free(held.tiles::close));
    }

    private Flux<FeatureBlock> tiles(Flux<FeatureBlock> blocks) {
        return Flux.defer(() -> {
            final int[] rows = {0};
            return blocks.bufferUntil(block -> {
                rows[0] += block.count();
                final boolean full = rows[0] >= tileRows || (long) rows[0] * block.width() * Float.BYTES >= TILE_BYTES;
                rows[0] = full ? 0 : rows[0];
                return full;
            }).map(FeatureBlock::labelled);
        });
    }

    /** The queries and their best neighbours so far. Called serially. */
    private final class Held {
        private final SimilarityTiles tiles;
        private final List<int[]> labels = new ArrayList<>(); // of each tile of queries
        private int queries;
        private int bankRows;
        private NearestNeighbours neighbours = new NearestNeighbours(0, k);

        Held(SimilarityTiles tiles) {
            this.tiles = tiles;
        }

        Mono<Integer> add(FeatureBlock tile) {
            if (tile.count() == 0)
                return Mono.empty();
            queries += tile.count();
            final long bytes = (long) queries * tile.width() * Float.BYTES;
            if (bytes > queryMemory)
                return Mono.error(new TooManyQueriesException(queries, tile.width(), queryMemory));
            labels.add(tile.labels());
            return engine.submit(() -> {
                tiles.add(tile);
                return queries;
            });
        }

        /** Compares every query with one tile of the bank. */
        Mono<Void> meet(FeatureBlock bankTile) {
            if (bankRows == 0)
                neighbours = new NearestNeighbours(queries, k);
            final int firstRow = bankRows;
            bankRows += bankTile.count();
            if (bankTile.count() == 0)
                return Mono.empty();
            final int[] firstQuery = {0};
            return engine.submit(() -> {
                tiles.take(bankTile);
                return 0;
            }).thenMany(Flux.range(0, labels.size())).concatMap(tile -> engine.submit(() -> {
                // Few queries still find a nearer row in a late tile, and the engine finds them faster than Java.
                final SimilarityTiles.Products products = tiles.compare(tile);
                neighbours.offer(products.values(), products.highest(), firstQuery[0], firstRow, bankTile.count());
                return firstQuery[0] += labels.get(tile).length;
            }), 0).then();
        }

        Neighbourhood neighbourhood(List<int[]> bankLabels) {
            return new Neighbourhood(neighbours, joined(labels), joined(bankLabels));
        }

        private static int[] joined(List<int[]> parts) {
            return parts.stream().flatMapToInt(IntStream::of).toArray();
        }
    }
}
