package retort.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import retort.trainer.golden.GoldenSet;

/** Reads files that are hostile or broken, each in a JVM with 64 MiB of heap and an empty working directory. */
class GoldenRefusalTest {
    private static final int SECONDS_A_FILE = 2;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> refusesEveryFileAndRunsNothing() {
        return GoldenSet.ofKind("checkpoint_refuse").stream().map(set -> DynamicTest.dynamicTest(set.name(), () -> {
            final List<JsonNode> files = new ArrayList<>();
            set.json().required("files").forEach(files::add);
            final List<String> answers = offer(set, files);

            for (int i = 0; i < files.size(); i++) {
                final String name = files.get(i).required("file").asText();
                System.out.println(answers.get(i));
                assertThat(answers.get(i)).as(name).startsWith("refused ").contains(Path.of(name).getFileName().toString());
                if (GoldenSet.isBundled() && files.get(i).required("kind").asText().equals("malicious"))
                    assertThat(answers.get(i)).as(name).containsAnyOf("nothing was run", "leads out of the archive");
            }
            assertThat(directory).isDirectoryNotContaining(path -> !path.endsWith("answers") && !path.endsWith("errors"));
            set.passed(files.size(), 0);
        }));
    }

    private List<String> offer(GoldenSet set, List<JsonNode> files) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-cp", System.getProperty("java.class.path"), Offer.class.getName()));
        files.forEach(file -> command.add(set.file(file.required("file").asText()).toAbsolutePath().toString()));
        final Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectOutput(directory.resolve("answers").toFile()).redirectError(directory.resolve("errors").toFile())
                .start();
        try {
            assertThat(process.waitFor((long) SECONDS_A_FILE * files.size(), TimeUnit.SECONDS)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(directory.resolve("errors")).isEmptyFile();
        final List<String> answers = Files.readAllLines(directory.resolve("answers"));
        assertThat(answers).hasSameSizeAs(files);
        return answers;
    }

    static final class Offer {
        public static void main(String[] files) {
            for (final String file : files)
                try {
                    WeightsFile.read(Path.of(file));
                    System.out.println("took " + file);
                } catch (WeightsException e) {
                    System.out.println("refused " + String.valueOf(e.getMessage()).replaceAll("\\R", " "));
                }
        }
    }
}
