package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.Broker;

/** Uses the README's example of an own source as a user does: one class and one line, compiled and found outside this module. */
class OwnSourceTest {
    private static final String SERVICE = "META-INF/services/retort.ingest.source.DataSourceFactory";

    @TempDir
    Path dir;

    @Test
    void isOneClassAndOneLine() throws Exception {
        copy(SERVICE);
        compile(Files.writeString(dir.resolve("Stripes.java"), example()));
        try (URLClassLoader loader = new URLClassLoader(new URL[]{dir.toUri().toURL()}, getClass().getClassLoader())) {
            final DataSourceFactory factory = ServiceLoader.load(DataSourceFactory.class, loader).stream()
                    .map(ServiceLoader.Provider::get).filter(found -> found.scheme().equals("stripes")).findFirst().orElseThrow();
            final SourceContext context = new SourceContext(Broker.at("localhost:1", "retort."), Map.of(),
                    retort.place.Places.standard());
            try (DataSource source = factory.open("10", context)) {
                final List<Sources.Seen> all = Sources.walk(source);
                assertThat(all).hasSize(10).extracting(Sources.Seen::label).startsWith(0, 1, 0);
                assertThat(source.classNames()).containsExactly("upright", "level");
                Sources.resumesAnywhere(source, all, 1);
            }
            assertThatThrownBy(() -> factory.open("many", context)).isInstanceOf(SourceException.class)
                    .hasMessage("stripes:many: give the number of images, such as stripes:1000");
        }
    }

    /** The first Java example in the project's README. */
    private static String example() throws Exception {
        final String readme = Files.readString(Path.of(System.getProperty("retort.root"), "README.md"));
        final int begin = readme.indexOf("```java\n") + "```java\n".length();
        return readme.substring(begin, readme.indexOf("```\n", begin));
    }

    private void compile(Path source) throws Exception {
        final JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "tests run on a JDK");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            assertThat(compiler.getTask(null, files, null,
                    List.of("-d", dir.toString(), "-classpath", System.getProperty("java.class.path"), "-Xlint:all", "-Werror",
                            "-proc:none"),
                    null, files.getJavaFileObjects(source)).call()).isTrue();
        }
    }

    private Path copy(String name) throws Exception {
        final Path target = dir.resolve(name);
        Files.createDirectories(target.getParent());
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/own-source/" + name))) {
            Files.copy(in, target);
        }
        return target;
    }
}
