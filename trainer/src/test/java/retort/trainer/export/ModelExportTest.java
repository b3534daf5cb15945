package retort.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.digest.Sha256;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.Hints;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

class ModelExportTest {
    /** Names and shapes of {@code timm.create_model("vit_base_patch16_224", num_classes=...).state_dict()}: one block, and the rest. */
    private static final String VIT_BASE = """
            cls_token 1x1x768
            pos_embed 1x197x768
            patch_embed.proj.weight 768x3x16x16
            patch_embed.proj.bias 768
            norm.weight 768
            norm.bias 768
            """;
    private static final String VIT_BASE_BLOCK = """
            blocks.N.norm1.weight 768
            blocks.N.norm1.bias 768
            blocks.N.attn.qkv.weight 2304x768
            blocks.N.attn.qkv.bias 2304
            blocks.N.attn.proj.weight 768x768
            blocks.N.attn.proj.bias 768
            blocks.N.norm2.weight 768
            blocks.N.norm2.bias 768
            blocks.N.mlp.fc1.weight 3072x768
            blocks.N.mlp.fc1.bias 3072
            blocks.N.mlp.fc2.weight 768x3072
            blocks.N.mlp.fc2.bias 768
            """;
    private static final String DISTILLED_BESIDES = """
            mask_token 1x1x512
            decoder_pos_embed 1x197x512
            decoder_embed.weight 512x768
            decoder_blocks.0.norm1.weight 512
            aligned_feature_projection_heads.0.weight 1024x768
            """;

    @TempDir
    Path directory;

    @Test
    void choosesExactlyTheKeysThatTimmHas() {
        final Path to = directory.resolve("timm.safetensors");
        final ModelExport.Exported exported = export(save(tiny(VIT_BASE + blocks(12) + DISTILLED_BESIDES)), to);

        assertThat(keys(SafeTensors.read(to))).containsExactlyInAnyOrder(tiny(VIT_BASE + blocks(12)).split("\n"));
        assertThat(exported.model()).isEqualTo(
                "timm.create_model(\"vit_tiny_patch16_224\", num_classes=0, global_pool=\"avg\", fc_norm=False)");
        assertThat(exported.leftOut()).hasSize(5).contains("mask_token");
    }

    @Test
    void givesAnAveragingClassifierItsFcNormAndHead() {
        final Path to = directory.resolve("timm.safetensors");
        final ModelExport.Exported exported = export(save(tiny(
                VIT_BASE + blocks(12) + "fc_norm.weight 768\nfc_norm.bias 768\nhead.weight 10x768\nhead.bias 10\n")), to);

        assertThat(keys(SafeTensors.read(to))).contains("fc_norm.weight 192", "head.weight 10x192")
                .doesNotContain("norm.weight 192");
        assertThat(exported.model())
                .isEqualTo("timm.create_model(\"vit_tiny_patch16_224\", num_classes=10, global_pool=\"avg\")");
    }

    @Test
    void refusesATensorThatTimmHasNoPlaceFor() {
        final Path from = save(tiny(VIT_BASE + blocks(12)) + "blocks.3.attn.relative_position_bias_table 4x3\n");

        assertThatThrownBy(() -> export(from, directory.resolve("timm.safetensors"))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("it has blocks.3.attn.relative_position_bias_table");
        assertThat(directory.resolve("timm.safetensors")).doesNotExist();
    }

    @Test
    void asksForHeadsThatNobodyKnows() {
        final Path from = save(tiny(VIT_BASE + blocks(12)).replace("192", "384").replace("576", "1152").replace("384x1152",
                "384x1536").replace("768", "1536"));

        assertThatThrownBy(() -> export(from, directory.resolve("timm.safetensors"))).isInstanceOf(WeightsException.class)
                .hasMessageContaining("6 as in DeiT-S and DINO or 12 as in MoCo-v3");
    }

    /** Writes the folder that timm 1.0.31 loads. encoders/check_export.py shows that timm computes the same values. */
    @Test
    void writesAFolderThatTimmLoads() throws IOException {
        final Path from = save(tiny(VIT_BASE + blocks(12) + "head.weight 3x768\nhead.bias 3\n"));
        final Path to = directory.resolve("folder");
        final ModelExport.Request request = new ModelExport.Request(from, Optional.empty(), Hints.NONE, OptionalInt.empty(),
                new Preprocessing(List.of(0.1, 0.2, 0.3), List.of(0.4, 0.5, 0.6), List.of("ant", "bee", "cat")),
                List.of("| knn | top1 | 0.5000 | 10 | val |"));

        ModelExport.export(request, Target.TIMM, to);

        final JsonNode config = new ObjectMapper().readTree(to.resolve("config.json").toFile());
        assertThat(config.required("architecture").asText()).isEqualTo("vit_tiny_patch16_224");
        assertThat(config.required("model_args").required("num_heads").asInt()).isEqualTo(3);
        assertThat(config.required("label_names").toString()).isEqualTo("[\"ant\",\"bee\",\"cat\"]");
        assertThat(config.required("pretrained_cfg").required("mean").toString()).isEqualTo("[0.1,0.2,0.3]");
        assertThat(to.resolve("README.md")).content().contains("12 blocks of width 192 with 3 heads");
        assertThat(SafeTensors.metadata(to.resolve("model.safetensors"))).containsEntry("heads", "3");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(from, to);
        }
        export(from, to);
        assertThat(to.resolve("config.json")).content().doesNotContain("ant");
        Files.writeString(to.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> export(from, to)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(to + " exists already, and no earlier export");
        assertThat(export(to.resolve("model.safetensors"), directory.resolve("again.safetensors")).model())
                .contains("vit_tiny_patch16_224", "num_classes=3");
    }

    /** encoders/presets.py has the digests from timm 1.0.31. */
    @Test
    void hasExactlyTheTensorsOfTimmForEveryPreset() throws Exception {
        final ByteBuffer zeros = ByteBuffer.allocate(5120 * 1280 * 2);
        for (final String line : Files
                .readAllLines(Path.of(ModelExportTest.class.getResource("/encoders/presets.tsv").toURI()))) {
            final String[] row = line.split("\t");
            final VitShape shape = VitShape.preset(row[0], 224, 3);
            final int classes = Integer.parseInt(row[1]);
            final Pooling pooling = Pooling.named(row[2]);
            final List<Parameter> parameters = new ArrayList<>(
                    classes == 0 ? Parameters.encoder(shape) : Parameters.trunk(shape, shape.depth()));
            if (classes > 0)
                parameters.addAll(Parameters.classifier(shape, pooling, classes));
            final Map<String, HostTensor> tensors = new LinkedHashMap<>();
            parameters.forEach(each -> tensors.put(each.name(), new HostTensor(DType.F16, each.dimensions(), zeros.slice(0,
                    2 * Math.toIntExact(Arrays.stream(each.dimensions()).reduce(1, Math::multiplyExact))))));

            final TimmModel model = TimmModel.of(new PretrainedEncoder(shape, tensors, List.of()), Optional.of(pooling),
                    OptionalInt.empty(), row[0]);

            assertThat(Sha256.of(keys(model.tensors()).stream().sorted().map(key -> key + "\n").collect(Collectors.joining())))
                    .as(line).isEqualTo(row[3]);
            assertThat(model.architecture()).isEqualTo(row[0] + "_224");
        }
    }

    /** A plain ViT of timm is a ViT of transformers, under other names. ForeignEncoderTest holds what these names mean. */
    @Test
    void writesAFolderThatTransformersLoadsAndTheSameEncoderIsReadFromIt() throws IOException {
        final Path to = directory.resolve("folder");
        final Path from = encoder("plain");
        final Hints two = Hints.ofHeads(2);
        final ModelExport.Exported exported = ModelExport.export(
                new ModelExport.Request(from, Optional.empty(), two, OptionalInt.empty(),
                        new Preprocessing(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5), List.of()), List.of()),
                Target.TRANSFORMERS, to);

        assertThat(exported.loading())
                .isEqualTo("transformers.ViTModel.from_pretrained(\"" + to + "\", add_pooling_layer=False)");
        final JsonNode config = new ObjectMapper().readTree(to.resolve("config.json").toFile());
        assertThat(config.required("layer_norm_eps").asDouble()).isEqualTo(1e-6);
        assertThat(to.resolve("preprocessor_config.json")).content().contains("\"image_mean\" : [ 0.5, 0.5, 0.5 ]");
        final PretrainedEncoder read = PretrainedEncoder.read(to.resolve("model.safetensors"), Optional.empty(), Hints.NONE);
        final PretrainedEncoder before = PretrainedEncoder.read(from, Optional.empty(), two);
        assertThat(read.shape()).isEqualTo(before.shape());
        before.tensors()
                .forEach((name, tensor) -> assertThat(read.tensors().get(name).floats()).as(name).isEqualTo(tensor.floats()));
    }

    @ParameterizedTest
    @CsvSource({"registers,reg_token", "qk-norm,blocks.0.attn.q_norm.weight", "swiglu,blocks.0.mlp.w12.weight",
            "no-class-token,cls_token is missing", "deit-distilled,reg_token", "logits-avg,cls_token is missing",
            "eva,fc_norm.weight"})
    void namesTheTensorThatTransformersHasNoPlaceFor(String name, String tensor) {
        final Path to = directory.resolve("folder");

        assertThatThrownBy(() -> ModelExport.export(new ModelExport.Request(encoder(name), Optional.empty(), Hints.ofHeads(2),
                OptionalInt.empty(), Preprocessing.UNKNOWN, List.of()), Target.TRANSFORMERS, to))
                .isInstanceOf(WeightsException.class).hasMessageContaining(tensor);
        assertThat(to).doesNotExist();
    }

    private static Path encoder(String name) {
        try {
            return Path.of(ModelExportTest.class.getResource("/encoders/" + name + ".safetensors").toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void refusesToCallSafetensorsAPickle() {
        assertThatThrownBy(() -> export(save(tiny(VIT_BASE + blocks(12))), directory.resolve("timm.pth")))
                .isInstanceOf(WeightsException.class).hasMessageContaining("has the ending of a pickle");
    }

    private static ModelExport.Exported export(Path from, Path to) {
        return ModelExport.export(ModelExport.Request.of(from), Target.TIMM, to);
    }

    @Test
    void writesAFileWithTheHeadThatWasAskedFor() {
        final Path from = save(tiny(VIT_BASE + blocks(12) + DISTILLED_BESIDES));
        final Path to = directory.resolve("timm.safetensors");

        final ModelExport.Exported exported = ModelExport.export(new ModelExport.Request(from, Optional.empty(), Hints.NONE,
                OptionalInt.of(1000), Preprocessing.UNKNOWN, List.of()), Target.TIMM, to);

        assertThat(exported.model()).contains("vit_tiny_patch16_224", "num_classes=1000");
        assertThat(exported.leftOut()).anyMatch(name -> name.startsWith("aligned"));
        final Map<String, HostTensor> written = SafeTensors.read(to);
        assertThat(keys(written)).containsExactlyInAnyOrder(
                (tiny(VIT_BASE + blocks(12)) + "head.weight 1000x192\nhead.bias 1000").split("\n"));
        assertThat(written.get("head.weight").floats()).containsOnly(0f);
    }

    @Test
    void refusesAnEncoderWithAMissingTensor() {
        final Path from = save(tiny(VIT_BASE + blocks(12)).replace("blocks.7.attn.proj.bias 192\n", ""));

        assertThatThrownBy(() -> export(from, directory.resolve("timm.safetensors")))
                .isInstanceOf(WeightsException.class).hasMessageContaining("1 missing: blocks.7.attn.proj.bias");
    }

    @Test
    void refusesWeightsOfAnotherKind() {
        final Path from = save("conv1.weight 64x3x7x7\n");

        assertThatThrownBy(() -> export(from, directory.resolve("timm.safetensors")))
                .isInstanceOf(WeightsException.class).hasMessageContaining("not the weights of a Vision Transformer");
    }

    @Test
    void neverWritesOverWhatItExports() throws IOException {
        final Path from = save(tiny(VIT_BASE + blocks(12) + DISTILLED_BESIDES));
        final byte[] before = Files.readAllBytes(from);
        final Path symbolic = Files.createSymbolicLink(directory.resolve("symbolic"), from);
        final Path hard = Files.createLink(directory.resolve("hard"), from);

        for (final Path same : List.of(from, symbolic, hard, Path.of(directory + "/./trained.safetensors"),
                Path.of(directory + "/../" + directory.getFileName() + "/trained.safetensors"),
                Path.of("").toAbsolutePath().relativize(from)))
            assertThatThrownBy(() -> export(from, same)).as(same.toString())
                    .isInstanceOf(WeightsException.class).hasMessageContaining("give another path");
        assertThatThrownBy(() -> export(symbolic, from)).isInstanceOf(WeightsException.class);
        assertThatThrownBy(() -> export(from, directory)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("is the folder of the file that is exported");
        final Path index = Files.writeString(directory.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"cls_token\": \"trained.safetensors\"}}");
        assertThatThrownBy(() -> export(index, from)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("give another path");

        assertThat(from).hasBinaryContent(before);
    }

    @Test
    void neverWritesIntoACheckpoint() throws IOException {
        final Path from = save(tiny(VIT_BASE + blocks(12)));
        final Path checkpoint = Files.createDirectory(directory.resolve("step-000000010"));
        Files.move(from, checkpoint.resolve("weights.safetensors"));
        Files.writeString(checkpoint.resolve("checkpoint.json"), "{}");

        for (final String name : List.of("weights.safetensors", "optimizer.safetensors", "timm.safetensors"))
            assertThatThrownBy(() -> export(checkpoint, checkpoint.resolve(name))).as(name)
                    .isInstanceOf(WeightsException.class).hasMessageContaining("give a");

        assertThat(checkpoint.resolve("weights.safetensors")).exists();
        assertThat(checkpoint.resolve("timm.safetensors")).doesNotExist();
    }

    @Test
    void keepsTheEarlierExportWhereThisOneDoesNotFit() throws Exception {
        final Path from = save(tiny(VIT_BASE + blocks(12)));
        final Path file = Files.writeString(directory.resolve("timm.safetensors"), "the earlier one");
        final Path folder = directory.resolve("folder");
        ModelExport.export(new ModelExport.Request(encoder("plain"), Optional.empty(), Hints.ofHeads(2), OptionalInt.empty(),
                Preprocessing.UNKNOWN, List.of()), Target.TIMM, folder);
        final byte[] weights = Files.readAllBytes(folder.resolve("model.safetensors"));

        for (final Path to : List.of(file, folder)) {
            // A limit on the size of a file acts like a full disk: both end a write in the middle. The limit needs no disk of its own.
            final Process export = new ProcessBuilder("bash", "-c", "ulimit -f 64; exec \"$@\"", "-",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData",
                    "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                    Exporter.class.getName(), from.toString(), to.toString()).redirectErrorStream(true).start();
            final String said = new String(export.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(export.waitFor()).as(said).isNotZero();
            assertThat(said)
                    .contains(to + " cannot be written: File too large: make room there, or write to another disk; what was"
                            + " there before is unchanged");
        }
        assertThat(file).hasContent("the earlier one");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(from, file, folder);
        }
    }

    static final class Exporter {
        public static void main(String[] paths) {
            try {
                export(Path.of(paths[0]), Path.of(paths[1]));
            } catch (UncheckedIOException e) {
                System.out.println(e.getMessage());
                System.exit(1);
            }
        }
    }

    private Path save(String keys) {
        final Path file = directory.resolve("trained.safetensors");
        SafeTensors.write(file, tensors(keys), Map.of());
        return file;
    }

    private static Map<String, HostTensor> tensors(String keys) {
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        final ByteBuffer zeros = ByteBuffer.allocate(3072 * 768 * 2);
        keys.lines().forEach(line -> {
            final String[] parts = line.split(" ");
            final long[] shape = Arrays.stream(parts[1].split("x")).mapToLong(Long::parseLong).toArray();
            final long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            tensors.put(parts[0], new HostTensor(DType.F16, shape, zeros.slice(0, (int) elements * 2)));
        });
        return tensors;
    }

    private static String tiny(String base) {
        return base.replace("768", "192").replace("2304", "576").replace("3072", "768");
    }

    private static String blocks(int depth) {
        final StringBuilder all = new StringBuilder();
        for (int block = 0; block < depth; block++)
            all.append(VIT_BASE_BLOCK.replace("N", Integer.toString(block)));
        return all.toString();
    }

    private static List<String> keys(Map<String, HostTensor> tensors) {
        return tensors.entrySet().stream().map(each -> each.getKey() + " "
                + Arrays.stream(each.getValue().shape()).mapToObj(Long::toString).collect(Collectors.joining("x"))).toList();
    }
}
