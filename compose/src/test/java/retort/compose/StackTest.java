package retort.compose;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;

final class StackTest {
    @Test
    void theThreeServicesFillEveryTopic(@TempDir Path directory) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"))) {
            StackScenario.run(broker.bootstrapServers(), directory);
        }
    }
}
