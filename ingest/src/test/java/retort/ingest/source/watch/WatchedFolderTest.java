package retort.ingest.source.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.TinyImages;
import retort.ingest.source.UnboundedSource;
import retort.ingest.source.UnboundedSource.Arrived;

class WatchedFolderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @Test
    void emitsWhatLiesThereInTheOrderOfItsTimesAndThenWhatArrives() throws Exception {
        put("dog/b.jpg", 1, 3000);
        put("cat/a.png", 2, 1000);
        put("cat/c.png", 3, 2000);
        put("unlabelled.jpg", 4, 4000);
        put("cat/notes.txt", 5, 100);
        put("cat/._a.png", 7, 100);
        put("cat/.ipynb_checkpoints/a.png", 8, 100);
        try (UnboundedSource source = open("")) {
            assertThat(source.classNames()).containsExactly("cat", "dog");
            StepVerifier.create(source.read(Optional.empty()).map(arrived -> Seen.of(arrived.sample())))
                    .expectNext(seen(0, "cat/a.png", 0, 2), seen(1, "cat/c.png", 0, 3), seen(2, "dog/b.jpg", 1, 1),
                            seen(3, "unlabelled.jpg", -1, 4))
                    .then(() -> put("dog/later.jpg", 6, 0))
                    .expectNext(seen(4, "dog/later.jpg", 1, 6))
                    .thenCancel().verify(PATIENCE);
            assertThat(source.findings().passedOver().counts()).as("each entry once, however often its folder is listed")
                    .isEqualTo(Map.of("no image ending that is read: .txt", 1L, "hidden, or left by an operating system", 1L,
                            "folder that is hidden, or left by an operating system", 1L));
        }
    }

    @Test
    void keepsItsOrderOverARestartWhateverArrivesOrChangesMeanwhile() throws Exception {
        for (int i = 0; i < 8; i++)
            put("cat/" + i + ".png", i, 1000L * (i + 1));
        final List<Arrived> before;
        try (UnboundedSource source = open("")) {
            before = take(source, Optional.empty(), 8);
        }
        put("cat/older-than-all.png", 20, 10);
        put("ant/new-class.png", 21, 20);
        Files.setLastModifiedTime(dir.resolve("cat/7.png"), FileTime.from(Instant.now()));
        try (UnboundedSource source = open("")) {
            assertThat(source.classNames()).containsExactly("cat");
            for (final int taken : new int[]{3, 8}) {
                final List<Arrived> after = take(source, Optional.of(before.get(taken - 1).position()), 10 - taken);
                final List<Seen> expected = new ArrayList<>(
                        before.subList(taken, 8).stream().map(arrived -> Seen.of(arrived.sample())).toList());
                expected.add(seen(8, "cat/older-than-all.png", 0, 20));
                assertThat(after.stream().limit(9 - taken).map(arrived -> Seen.of(arrived.sample()))).isEqualTo(expected);
                assertThat(after.getLast().sample().content()).isInstanceOfSatisfying(Sample.Unreadable.class,
                        unreadable -> assertThat(unreadable.reason()).contains("folder ant came after"));
            }
        }
    }

    @Test
    void waitsForAFileThatIsStillWrittenAndForOneThatIsRenamedIntoPlace() throws Exception {
        final byte[] image = TinyImages.jpeg(1);
        final Path growing = dir.resolve("growing.jpg");
        Files.write(growing, Arrays.copyOf(image, 10));
        final Path aside = dir.resolve("renamed.jpg.part");
        Files.write(aside, image);
        try (UnboundedSource source = open("?settle-ms=1500")) {
            StepVerifier.create(source.read(Optional.empty()).map(arrived -> arrived.sample()))
                    .then(() -> write(growing, image))
                    .assertNext(sample -> assertThat(((Sample.Encoded) sample.content()).bytes()).isEqualTo(image))
                    .then(() -> move(aside, dir.resolve("renamed.jpg")))
                    .assertNext(sample -> assertThat(sample.name()).isEqualTo("renamed.jpg"))
                    .thenCancel().verify(PATIENCE);
        }
    }

    @Test
    void aFileThatIsGoneWhenItsTurnComesIsASampleWithAReason() throws Exception {
        put("a.png", 1, 1000);
        put("b.png", 2, 2000);
        try (UnboundedSource source = open("")) {
            final String first = take(source, Optional.empty(), 1).getFirst().position();
            Files.delete(dir.resolve("b.png"));
            assertThat(take(source, Optional.of(first), 1).getFirst().sample().content()).isInstanceOf(Sample.Unreadable.class);
        }
    }

    @Test
    void goesOnAfterAKillThatCutTheJournalsLastLine() throws Exception {
        put("a.png", 1, 1000);
        put("b.png", 2, 2000);
        final List<Arrived> whole;
        try (UnboundedSource source = open("")) {
            whole = take(source, Optional.empty(), 2);
        }
        Files.writeString(dir.resolve(".retort-arrivals"), "\"c.p", StandardOpenOption.APPEND);
        put("c.png", 3, 3000);
        try (UnboundedSource source = open("")) {
            assertThat(take(source, Optional.of(whole.get(0).position()), 2).stream().map(arrived -> arrived.sample().name()))
                    .containsExactly("b.png", "c.png");
        }
    }

    @Test
    void oneStreamAtATimeReadsByAJournal() throws Exception {
        put("a.png", 1, 1000);
        try (Journal held = Journal.open(dir.resolve(".retort-arrivals"), List.of())) {
            assertThatThrownBy(() -> open("")).isInstanceOf(SourceException.class)
                    .hasMessageContaining("another stream or process reads by it").hasMessageContaining("journal=FILE");
            assertThat(held.holds("a.png")).isFalse();
        }
    }

    @Test
    void refusesAPositionOfAnotherJournalAndAJournalThatIsNone() throws Exception {
        put("a.png", 1, 1000);
        try (UnboundedSource source = open("")) {
            for (final String position : List.of("{\"arrivals\":1,\"last\":\"x.png\"}", "{\"arrivals\":5,\"last\":\"a.png\"}",
                    "{}", "x"))
                StepVerifier.create(source.read(Optional.of(position))).verifyErrorSatisfies(
                        error -> assertThat(error).hasMessageMatching("(?s).*(bring that file back|no position).*"));
        }
        Files.writeString(dir.resolve(".retort-arrivals"), "something else\n");
        assertThatThrownBy(() -> open("")).isInstanceOf(SourceException.class)
                .hasMessageContaining(".retort-arrivals cannot be used: its first line is not");
        assertThatThrownBy(() -> open("?settle-ms=soon")).hasMessageContaining("must be milliseconds");
        assertThatThrownBy(() -> Sources.open("watch:" + dir + "/none")).hasMessageContaining("no folder is there");
    }

    private UnboundedSource open(String options) throws IOException, SourceException {
        return (UnboundedSource) Sources.open("watch:" + dir + (options.isEmpty() ? "?settle-ms=100" : options));
    }

    private static List<Arrived> take(UnboundedSource source, Optional<String> position, int count) {
        return new ArrayList<>(source.read(position).take(count).collectList().block(PATIENCE));
    }

    private static Seen seen(long id, String name, int label, int number) {
        return Seen.encoded(id, name, label, TinyImages.png(number));
    }

    /** @param seconds time of the file in seconds after the beginning of the year 2020; 0 for the present time */
    private void put(String name, int number, long seconds) {
        try {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.write(dir.resolve(name), TinyImages.png(number));
            if (seconds > 0)
                Files.setLastModifiedTime(dir.resolve(name),
                        FileTime.from(Instant.parse("2020-01-01T00:00:00Z").plusSeconds(seconds)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
