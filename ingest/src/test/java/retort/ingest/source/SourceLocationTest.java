package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceLocationTest {
    private static final Set<String> KEYS = Set.of("split", "order");

    @Test
    void splitsThePathFromItsOptions() throws Exception {
        final SourceLocation location = SourceLocation.parse("x", "/data/a b?split=val&order=shards", KEYS);
        assertThat(location.path()).isEqualTo("/data/a b");
        assertThat(location.query()).containsEntry("split", "val").containsEntry("order", "shards");
        assertThat(location).hasToString("x:/data/a b?split=val&order=shards");
    }

    @Test
    void keepsQuestionMarksThatBelongToThePath() throws Exception {
        assertThat(SourceLocation.parse("x", "what?/shard-?.tar", KEYS).path()).isEqualTo("what?/shard-?.tar");
        assertThat(SourceLocation.parse("x", "shard-?.tar?split=val", KEYS).path()).isEqualTo("shard-?.tar");
        assertThat(SourceLocation.parse("x", "shard-?.tar?split=val", KEYS)).hasToString("x:shard-?.tar?split=val");
    }

    @Test
    void namesAnOptionThatIsUnknownRepeatedOrMalformed() {
        for (final String location : new String[]{"a?splt=val", "a?split=val&split=train", "a?split=val&order", "a?split=val&"})
            assertThatThrownBy(() -> SourceLocation.parse("x", location, KEYS)).isInstanceOf(SourceException.class)
                    .hasMessageContaining(location).hasMessageContaining("[order, split]");
        assertThatThrownBy(() -> SourceLocation.parse("x", "?split=val", KEYS)).hasMessageContaining("names nothing to read");
    }

    @Test
    void namesAValueThatIsNotAllowed() throws Exception {
        final SourceLocation location = SourceLocation.parse("x", "a?split=test", KEYS);
        assertThatThrownBy(() -> location.oneOf("split", Set.of("train", "val"), "train"))
                .hasMessage("x:a?split=test: split=test must be one of [train, val]");
        assertThat(SourceLocation.parse("x", "a", KEYS).oneOf("split", Set.of("train"), "train")).isEqualTo("train");
    }
}
