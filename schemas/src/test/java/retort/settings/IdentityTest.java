package retort.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class IdentityTest {
    private static final String DEFAULTS = """
            batch = 64
            rate = 1.5e-4
            flip = true
            blocks = []
            name = "0012"
            optimizer { beta1 = 0.9, clip = 0.0 }
            threads = 0
            """;

    @Test
    void isTheResolvedSettingsByTheUsersOwnKeysWithoutThoseThatShapeNothing() {
        assertThat(identity("batch = 32, optimizer.clip = 1", Set.of("threads")).settings()).isEqualTo(Map.of(
                "batch", "32", "rate", "0.00015", "flip", "true", "blocks", "[]", "name", "0012", "optimizer.beta1", "0.9",
                "optimizer.clip", "1"));
    }

    @Test
    void leavesOutAWholeObjectByItsKeyButNoneThatOnlyBeginsAlike() {
        assertThat(identity("optimizers = 1", Set.of("optimizer")).settings()).containsKey("optimizers")
                .doesNotContainKeys("optimizer.beta1", "optimizer.clip");
    }

    @Test
    void oneValueHasOneSpelling() {
        final Identity plain = identity("", Set.of());
        for (final String same : new String[]{"rate = 0.00015", "rate = \"1.50E-4\"", "batch = 64.0", "flip = yes",
                "flip = \"true\"",
                "optimizer { clip = -0.0 }", "blocks = [ ]"})
            assertThat(identity(same, Set.of())).as(same).isEqualTo(plain).hasSameHashCodeAs(plain);
        assertThat(identity("name = \"12\"", Set.of())).isNotEqualTo(plain); // a text is not read as a number
    }

    @Test
    void listsAndNullsHaveASpellingToo() {
        assertThat(identity("blocks = [1, 2.0], name = null", Set.of()).settings()).containsEntry("blocks", "[1, 2]")
                .containsEntry("name", "");
    }

    @Test
    void anEndlessNumberOfZerosIsNotWrittenOut() {
        assertThat(identity("rate = \"1e999999999\"", Set.of()).settings().get("rate")).hasSizeLessThan(20);
    }

    @Test
    void theDifferencesNameTheUsersOwnKeysOnBothSides() {
        final Identity then = identity("batch = 32", Set.of());
        final Identity now = identity("optimizer.clip = 1", Set.of("threads"));
        assertThat(then.differences(now)).isEqualTo(
                "batch was 32 and is 64; optimizer.clip was 0 and is 1; threads was 0 and is not set");
        assertThat(then.differences(then)).isEmpty();
    }

    @Test
    void theHashIsThatOfKeysAndValuesAlone() {
        final Identity one = Identity.of(Map.of("a", "bc"));
        assertThat(one.hash()).isEqualTo(Identity.of(Map.of("a", "bc")).hash())
                .isNotEqualTo(Identity.of(Map.of("ab", "c")).hash())
                .isNotEqualTo(one.with("d", "").hash()).hasSize(64);
        assertThat(one.with("d", "").without(Set.of("d"))).isEqualTo(one);
        assertThat(Identity.of(Map.of()).with("run.", one).settings()).isEqualTo(Map.of("run.a", "bc"));
    }

    private static Identity identity(String given, Set<String> without) {
        final Section defaults = new Section(ConfigFactory.parseString(DEFAULTS), "test");
        return new Section(ConfigFactory.parseString(given), "test").withFallback(defaults).identity(defaults, without);
    }
}
