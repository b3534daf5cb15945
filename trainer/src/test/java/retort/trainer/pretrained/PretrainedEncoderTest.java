package retort.trainer.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import retort.trainer.model.Mlp;
import retort.trainer.model.PositionGrid;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/** Tests which files are accepted, asked about and refused. ForeignEncoderTest tests the numbers. */
class PretrainedEncoderTest {
    @TempDir
    Path directory;

    /** Models of timm 1.0.31 with a computation that Retort's encoder does not have, created by encoders/make.py. */
    @ParameterizedTest
    @CsvSource({"rotary,rope.freqs", "beit,blocks.0.attn.relative_position_bias_table",
            "beit-shared,rel_pos_bias.relative_position_bias_table",
            "eva02,mlp.fc1", "attention-norm,blocks.0.attn.norm.weight", "mlp-norm,blocks.0.mlp.norm.weight",
            "rms-norm,blocks.0.norm1.bias", "embed-norm,patch_embed.norm.weight"})
    void refusesByNameWhatItCannotCompute(String name, String tensor) {
        assertThatThrownBy(() -> PretrainedEncoder.read(file("refused-" + name), Optional.empty(), Hints.ofHeads(2)))
                .isInstanceOf(WeightsException.class).hasMessageContaining(tensor).hasMessageContaining("refused-" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"blocks.0.attn.gate", "blocks.1.extra.weight", "second_cls_token", "norm_mid.weight",
            "patch_embed.backbone.weight", "blocks.0.attn.scale"})
    void refusesAnyOtherTensorByName(String name) {
        final Map<String, HostTensor> tensors = plain();
        tensors.put(name, HostTensor.ofFloats(new float[2], 2));

        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("1 unexpected: " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "backbone.", "encoder.", "vit.",
            "base_model.", "model.", "student.backbone.", "module.backbone.", "trunk.", "image_encoder.", "net.0."})
    void looksThroughWrappers(String prefix) {
        final Map<String, HostTensor> wrapped = new LinkedHashMap<>();
        plain().forEach((name, tensor) -> wrapped.put(prefix + name, tensor));
        if (!prefix.equals("_orig_mod.")) // torch.compile's prefix is on all tensors
            wrapped.put("neck.weight", HostTensor.ofFloats(new float[2], 2));

        final PretrainedEncoder encoder = read(wrapped);

        assertThat(encoder.tensors().keySet()).isEqualTo(read(plain()).tensors().keySet());
    }

    @Test
    void takesOneOfSeveralEncodersAloudOrTheOneThatIsNamed() {
        final Map<String, HostTensor> both = new LinkedHashMap<>();
        plain().forEach((name, tensor) -> {
            both.put("module.momentum_encoder." + name, tensor);
            both.put("module.base_encoder." + name,
                    name.equals("cls_token") ? HostTensor.ofFloats(filled(16, 7), 1, 1, 16) : tensor);
        });
        final Path file = save(both);

        final PretrainedEncoder preferred = PretrainedEncoder.read(file, Optional.empty(), Hints.ofHeads(2));
        assertThat(preferred.tensors().get("cls_token").floats()).containsOnly(7f);
        assertThat(preferred.notes()).anySatisfy(note -> assertThat(note).contains("module.base_encoder",
                "module.momentum_encoder", "it took module.base_encoder"));
        assertThat(PretrainedEncoder.read(file, Optional.of("momentum_encoder"), Hints.ofHeads(2)).tensors().get("cls_token")
                .floats())
                .isNotEqualTo(preferred.tensors().get("cls_token").floats());
        assertThatThrownBy(() -> PretrainedEncoder.read(file, Optional.of("ema"), Hints.ofHeads(2)))
                .isInstanceOf(WeightsException.class).hasMessageContaining("#ema names none of its models");
    }

    @ParameterizedTest
    @CsvSource({"192,12,16,3", "768,12,16,12", "768,12,32,12", "1024,24,14,16", "1280,32,14,16", "384,12,8,6", "384,12,14,6",
            "1536,40,14,24", "1408,40,14,16"})
    void knowsTheHeadsOfPublishedShapes(int width, int depth, int patch, int heads) {
        assertThat(KnownShapes.heads(width, depth, patch, false, true, false)).hasValue(heads);
    }

    @Test
    void asksForHeadsThatMayBeSixOrTwelve() {
        assertThat(KnownShapes.heads(384, 12, 16, false, true, false)).isEmpty();
        assertThat(KnownShapes.heads(384, 12, 16, true, true, false)).hasValue(12);
        assertThat(KnownShapes.heads(384, 12, 16, false, false, false)).hasValue(6);
        assertThatThrownBy(() -> PretrainedEncoder.read(save(plain()), Optional.empty(), Hints.NONE))
                .isInstanceOf(WeightsException.class).hasMessageContaining("2 blocks of width 16")
                .hasMessageContaining("set teacher-model = {width, depth, heads, patch}");
    }

    @Test
    void asksForTheActivationOfAClip() {
        assertThatThrownBy(() -> PretrainedEncoder.read(file("clip"), Optional.empty(), Hints.ofHeads(2)))
                .isInstanceOf(WeightsException.class).hasMessageContaining("activation = gelu | quick-gelu");
    }

    @Test
    void takesWhatConfigJsonSaysOfTheSameWidth() throws Exception {
        final Path file = directory.resolve("model.safetensors");
        Files.copy(file("hf-clip"), file);
        Files.writeString(directory.resolve("config.json"),
                """
                        {"vision_config": {"hidden_size": 16, "num_attention_heads": 4, "layer_norm_eps": 1e-7, "hidden_act": "quick_gelu"}}""");

        final PretrainedEncoder encoder = PretrainedEncoder.read(file, Optional.empty(), Hints.NONE);

        assertThat(encoder.shape().heads()).isEqualTo(4);
        assertThat(encoder.shape().variant().epsilon()).isEqualTo(1e-7);
        assertThat(encoder.shape().variant().mlp()).isEqualTo(Mlp.QUICK_GELU);
        final Hints given = new Hints(OptionalInt.of(2), OptionalDouble.of(1e-3), Optional.of(Mlp.GELU));
        assertThat(PretrainedEncoder.read(file, Optional.empty(), given).shape().variant().epsilon()).isEqualTo(1e-3);
        Files.writeString(directory.resolve("config.json"), """
                {"vision_config": {"hidden_size": 16, "hidden_act": "relu"}}""");
        assertThatThrownBy(() -> PretrainedEncoder.read(file, Optional.empty(), Hints.ofHeads(2)))
                .hasMessageContaining("its activation is relu");
    }

    /** Models of timm 1.0.31 with a part that no tensor shows, created by encoders/make.py. Another model has the same tensors. */
    @ParameterizedTest
    @CsvSource({"rpn,blocks.0.attn.qkv.bias,normalise after attention", "rope-ape,blocks.0.gamma_1,rotary positions",
            "eva02-packed,blocks.0.attn.q_bias,rotary positions", "perception-spatial,pos_embed of 32x32,rotary positions",
            "perception-lang,blocks.0.gamma_1 and norm_pre,rotary positions"})
    void refusesWhatMayHaveAPartThatNoTensorShows(String name, String tensor, String part) {
        final Path file = file("lookalike-" + name);
        final Hints given = new Hints(OptionalInt.of(2), OptionalDouble.empty(), Optional.of(Mlp.GELU));

        assertThatThrownBy(() -> PretrainedEncoder.read(file, Optional.empty(), given)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("it has ").hasMessageContaining(tensor).hasMessageContaining(part);
        assertThatThrownBy(() -> PretrainedEncoder.toStartFrom(file, Optional.empty())).isInstanceOf(WeightsException.class)
                .hasMessageContaining(tensor);
    }

    /** DINOv3 and other rotary models have no position table, whatever else they have. */
    @Test
    void refusesAModelWithoutAPositionTable() {
        final Map<String, HostTensor> tensors = plain();
        tensors.remove("pos_embed");

        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class).hasMessageContaining("it has no pos_embed");
        assertThatThrownBy(() -> PretrainedEncoder.toStartFrom(save(tensors), Optional.empty()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("it has no pos_embed");
    }

    @Test
    void namesABlockThatIsMissing() {
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        plain().forEach((name, tensor) -> tensors.put(name.replace("blocks.1.", "blocks.2."), tensor));

        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("it has no blocks.1.norm1.weight, but blocks.2.");
    }

    @Test
    void leavesTheTokenOfMaskedPatchesOver() {
        final Map<String, HostTensor> tensors = plain();
        tensors.put("masked_embed", HostTensor.ofFloats(new float[16], 1, 16)); // iBOT
        tensors.put("mask_token", HostTensor.ofFloats(new float[16], 1, 1, 16));

        assertThat(read(tensors).shape().depth()).isEqualTo(2);
    }

    @Test
    void takesTheNameOfTheArchitectureFromConfigJson() throws Exception {
        final Path file = Files.copy(file("deit3-gamma"), directory.resolve("model.safetensors"));
        final Path config = directory.resolve("config.json");

        Files.writeString(config, "{\"architecture\": \"vit\", \"num_features\": 16}");
        assertThat(PretrainedEncoder.read(file, Optional.empty(), Hints.ofHeads(2)).shape().variant().layerScale()).isTrue();
        Files.writeString(config, """
                {"architecture": "deit3_base_patch16_224", "model_args": {"embed_dim": 16, "num_heads": 4}}""");
        assertThat(PretrainedEncoder.read(file, Optional.empty(), Hints.NONE).shape().heads()).isEqualTo(4);
        Files.writeString(config, """
                {"architecture": "vit_base_patch16_rope_ape_224.naver_in1k", "model_args": {"embed_dim": 16}}""");
        assertThatThrownBy(() -> PretrainedEncoder.read(file, Optional.empty(), Hints.ofHeads(2)))
                .hasMessageContaining("vit_base_patch16_rope_ape_224, which has rotary positions");
        Files.writeString(config, """
                {"architecture": "vit_base_patch16_rpn_224", "model_args": {"embed_dim": 16}}""");
        assertThatThrownBy(() -> PretrainedEncoder.read(file, Optional.empty(), Hints.ofHeads(2)))
                .hasMessageContaining("blocks that normalise after attention");
    }

    /** Values of timm 1.0.31: the same tensors have 12 or 16 heads, and the exact GELU or its approximation. */
    @ParameterizedTest
    @CsvSource({"vit_base_patch16_gap_224,768,16,GELU,1e-6", "vit_base_patch32_siglip_gap_256,768,12,TANH_GELU,1e-6",
            "vit_giantopt_patch16_siglip_gap_256,1536,16,TANH_GELU,1e-6",
            "vit_huge_patch14_clip_quickgelu_224,1280,16,QUICK_GELU,1e-5"})
    void knowsWhatTimmsNameTells(String name, int width, int heads, Mlp mlp, double epsilon) {
        assertThat(TimmArchitectures.find(name, OptionalInt.of(width)))
                .contains(new Hints(OptionalInt.of(heads), OptionalDouble.of(epsilon), Optional.of(mlp),
                        Optional.of(PositionGrid.Way.TIMM), true));
        assertThat(TimmArchitectures.find(name, OptionalInt.of(width + 4))).isEmpty();
        assertThat(KnownShapes.heads(width, name.contains("giantopt") ? 40 : 12, 16, false, false, true)).isEmpty();
    }

    @Test
    void asksForTheActivationOfWhatMayBeASigLip() {
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (int block = 0; block < 12; block++)
            for (final String name : List.of("norm1.weight", "mlp.fc1.weight"))
                tensors.put("blocks." + block + "." + name, HostTensor.ofFloats(new float[1], 1));

        assertThat(Lookalikes.maybeSigLip(tensors, 768)).isTrue();
        assertThat(Lookalikes.maybeSigLip(tensors, 512)).isFalse();
        tensors.put("cls_token", HostTensor.ofFloats(new float[1], 1));
        assertThat(Lookalikes.maybeSigLip(tensors, 768)).isFalse();
    }

    @Test
    void refusesABiasThatOnlySomeBlocksLack() {
        final Map<String, HostTensor> tensors = plain();
        tensors.remove("blocks.1.attn.qkv.bias");

        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("1 missing: blocks.1.attn.qkv.bias");
    }

    @Test
    void namesBrokenTensors() {
        final Map<String, HostTensor> tensors = plain();
        tensors.put("blocks.0.norm1.weight", HostTensor.ofFloats(filled(16, Float.NaN), 16));
        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("NaN or infinity: blocks.0.norm1.weight at element 0");
        tensors.put("blocks.0.norm1.weight",
                new HostTensor(DType.I32, new long[]{16}, java.nio.ByteBuffer.allocate(64)));
        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("blocks.0.norm1.weight holds I32");
    }

    @Test
    void refusesAPositionTableOfNoSquare() {
        final Map<String, HostTensor> tensors = plain();
        tensors.put("pos_embed", HostTensor.ofFloats(new float[16 * 19], 1, 19, 16));

        assertThatThrownBy(() -> read(tensors)).isInstanceOf(WeightsException.class)
                .hasMessageContaining("pos_embed has 19 rows").hasMessageContaining("no square grid");
    }

    @Test
    void refusesWhatIsNoVisionTransformer() {
        assertThatThrownBy(() -> read(Map.of("conv1.weight", HostTensor.ofFloats(new float[27], 1, 3, 3, 3))))
                .isInstanceOf(WeightsException.class).hasMessageContaining("not the weights of a Vision Transformer");
    }

    private PretrainedEncoder read(Map<String, HostTensor> tensors) {
        return PretrainedEncoder.read(save(tensors), Optional.empty(), Hints.ofHeads(2));
    }

    private Path save(Map<String, HostTensor> tensors) {
        final Path file = directory.resolve("saved.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    private static Map<String, HostTensor> plain() {
        return new LinkedHashMap<>(SafeTensors.read(file("plain")));
    }

    private static float[] filled(int length, float value) {
        final float[] values = new float[length];
        java.util.Arrays.fill(values, value);
        return values;
    }

    private static Path file(String name) {
        try {
            return Path.of(PretrainedEncoderTest.class.getResource("/encoders/" + name + ".safetensors").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

}
