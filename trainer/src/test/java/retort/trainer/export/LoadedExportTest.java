package retort.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.trainer.model.Mlp;
import retort.trainer.pretrained.Hints;

/**
 * Exports encoders and lets timm and transformers load and compute them, if there is a Python with them: {@code RETORT_PYTHON}, or
 * {@code python3}. The expected values are those of the libraries themselves (encoders/make.py, timm 1.0.31, transformers 4.57.1). Without
 * Python the export is held by ModelExportTest, which compares tensors, names and the reading of what was written.
 */
class LoadedExportTest {
    private static final double TOLERANCE = 1e-5;
    private static final List<String> FOR_TIMM = List.of("plain", "layer-scale", "qk-norm", "registers",
            "registers-with-positions",
            "swiglu", "dinov2-giant", "no-qkv-bias", "no-proj-bias", "no-class-token", "no-class-token-registers",
            "deit-distilled", "deit3", "clip", "clip-quick", "patch-14", "eva", "hf-dinov2", "hf-dinov2-swiglu", "hf-clip",
            "hf-siglip",
            "siglip-gap", "bfloat16", "logits-avg", "logits-token");
    private static final List<String> FOR_TRANSFORMERS = List.of("plain", "layer-scale", "no-qkv-bias", "patch-14", "deit3",
            "hf-vit",
            "hf-vit-mae", "hf-dinov2", "float16", "logits-plain");

    @TempDir
    Path directory;

    @Test
    void timmAndTransformersComputeWhatWasExported() throws Exception {
        final String python = Optional.ofNullable(System.getenv("RETORT_PYTHON")).orElse("python3");
        assumeTrue(runs(python), "no Python with torch, timm, transformers and safetensors: set RETORT_PYTHON to one");
        final List<String> manifest = new ArrayList<>();
        for (final String name : FOR_TIMM)
            manifest.add(export(name, Target.TIMM));
        for (final String name : FOR_TRANSFORMERS)
            manifest.add(export(name, Target.TRANSFORMERS));

        final Process check = new ProcessBuilder(python, resource("check_export.py").toString(),
                Files.write(directory.resolve("manifest"), manifest).toString()).redirectErrorStream(true).start();
        final String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(check.waitFor()).as(said).isZero();
        final List<String> results = said.lines().filter(line -> line.matches("(timm|transformers) \\S+ \\S+")).toList();
        assertThat(results).as(said).hasSize(manifest.size()).allSatisfy(line -> assertThat(
                Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).as(line).isLessThan(TOLERANCE));
    }

    private String export(String name, Target target) throws IOException {
        final Path folder = directory.resolve(target + "-" + name);
        final Path single = directory.resolve(name + ".safetensors");
        final Optional<Mlp> mlp = switch (name) {
            case "clip" -> Optional.of(Mlp.GELU);
            case "clip-quick", "hf-clip" -> Optional.of(Mlp.QUICK_GELU);
            case "hf-siglip", "siglip-gap" -> Optional.of(Mlp.TANH_GELU);
            default -> Optional.empty();
        };
        final ModelExport.Request request = new ModelExport.Request(resource(name + ".safetensors"), Optional.empty(),
                new Hints(OptionalInt.of(2), OptionalDouble.empty(), mlp), OptionalInt.empty(), Preprocessing.UNKNOWN, List.of());
        final ModelExport.Exported exported = ModelExport.export(request, target, folder);
        if (target == Target.TIMM)
            ModelExport.export(request, target, single);
        return new ObjectMapper().writeValueAsString(Map.of("name", name, "library", target.toString(), "loading",
                exported.loading(), "expression", exported.model(), "folder", folder.toString(), "single", single.toString(),
                "expected", resource(name + ".expected.safetensors").toString()));
    }

    private static boolean runs(String python) throws InterruptedException {
        try {
            return new ProcessBuilder(python, "-c", "import torch, timm, transformers, safetensors")
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(LoadedExportTest.class.getResource("/encoders/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
