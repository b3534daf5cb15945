package retort.bench.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import reactor.core.publisher.Flux;
import retort.bench.BenchException;
import retort.bench.ContestantProcess;
import retort.evaluator.knn.FeatureBlock;
import retort.evaluator.knn.NeighbourSearch;
import retort.evaluator.knn.Neighbourhood;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.learn.Encoder;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/** The main class of Retort's own {@link ContestantProcess}. A unit of work is one batch of images, or one search of all queries. */
public final class EvaluateContestant {
    private static final int BLOCK = 1024;

    private EvaluateContestant() {
    }

    /** The command of a JVM with the options and the class path of this one. */
    static ProcessBuilder process(String description) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EvaluateContestant.class.getName(), description));
        return new ProcessBuilder(command);
    }

    /** @param args one element, the case as a JSON object */
    public static void main(String[] args) throws Exception {
        final JsonNode given = new ObjectMapper().readTree(args[0]);
        try (Engine engine = Engine.start(new EngineSettings("cpu", given.required("threads").asInt()))) {
            final String words = "Retort, " + engine.settings().threads() + " threads";
            if (given.required("kind").asText().equals("knn"))
                ContestantProcess.serve(words, () -> search(engine, given));
            else
                serveModel(engine, given, words);
        }
    }

    private static void serveModel(Engine engine, JsonNode given, String words) throws Exception {
        final VitShape vit = VitShape.preset(given.required("model").asText(), given.required("image").asInt(), 3);
        final int classes = given.required("classes").asInt();
        final int batch = given.required("batch").asInt();
        final ByteBuffer pixels = pixels(batch * vit.image() * vit.image() * vit.channels());
        final Encoder encoder = engine.call(() -> encoder(engine, vit, classes, Path.of(given.required("weights").asText())));
        ContestantProcess.serve(words, () -> engine
                .call(() -> classes > 0 ? encoder.logits(pixels, batch) : encoder.features(pixels, batch)));
        engine.call(() -> {
            encoder.close();
            return 0;
        });
    }

    private static Encoder encoder(Engine engine, VitShape vit, int classes, Path weights) throws Exception {
        final PixelStatistics statistics = new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));
        final Map<String, HostTensor> tensors = new HashMap<>();
        try (FileChannel file = FileChannel.open(weights, StandardOpenOption.READ)) {
            long at = 0;
            for (final Parameter parameter : parameters(vit, classes)) {
                final long bytes = (long) parameter.elements() * Float.BYTES;
                tensors.put(parameter.name(), new HostTensor(DType.F32, parameter.dimensions(),
                        file.map(FileChannel.MapMode.READ_ONLY, at, bytes).order(ByteOrder.LITTLE_ENDIAN)));
                at += bytes;
            }
        }
        return classes > 0
                ? Encoder.classifier(engine, vit, classes, Pooling.MEAN, tensors, statistics)
                : Encoder.load(engine, vit, Optional.empty(), tensors, statistics);
    }

    /** The parameters in the order of the file of weights, with which the contestant in Python is loaded, too. */
    static List<Parameter> parameters(VitShape vit, int classes) {
        final List<Parameter> all = new ArrayList<>(classes > 0 ? Parameters.trunk(vit, vit.depth()) : Parameters.encoder(vit));
        if (classes > 0)
            all.addAll(Parameters.classifier(vit, Pooling.MEAN, classes));
        return all;
    }

    private static ByteBuffer pixels(int bytes) {
        final byte[] drawn = new byte[bytes];
        new SplittableRandom(1).nextBytes(drawn);
        return ByteBuffer.allocateDirect(bytes).put(drawn).flip();
    }

    private static void search(Engine engine, JsonNode given) {
        final int width = given.required("width").asInt();
        final int queries = given.required("queries").asInt();
        final Neighbourhood found = new NeighbourSearch(engine, given.required("k").asInt(), BLOCK,
                (long) queries * width * Float.BYTES)
                .search(rows(given.required("queryFile").asText(), queries, width),
                        rows(given.required("bankFile").asText(), given.required("bank").asInt(), width))
                .blockOptional().orElseThrow(() -> new BenchException("the search has no result"));
        if (found.queries() != queries || found.neighbours().found(0) != given.required("k").asInt())
            throw new BenchException("the search found too few neighbours");
    }

    /** Blocks of rows of a file, which is read as it is asked for. */
    private static Flux<FeatureBlock> rows(String file, int count, int width) {
        return Flux.using(() -> FileChannel.open(Path.of(file), StandardOpenOption.READ),
                channel -> Flux.range(0, Math.ceilDiv(count, BLOCK)).concatMap(block -> Flux.defer(() -> {
                    final int rows = Math.min(BLOCK, count - block * BLOCK);
                    try {
                        final float[] values = new float[rows * width];
                        channel.map(FileChannel.MapMode.READ_ONLY, (long) block * BLOCK * width * Float.BYTES,
                                (long) values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
                        return Flux.just(new FeatureBlock(values, width, new int[rows]));
                    } catch (java.io.IOException e) {
                        return Flux.error(e);
                    }
                }), 0),
                channel -> {
                    try {
                        channel.close();
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }
}
