package retort.compose;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Runs the services against the broker of the compose file, in a container of its own. */
final class ContainerBrokerIT {
    @BeforeAll
    static void needsDocker() {
        Docker.require();
    }

    @Test
    void theServicesFillEveryTopicOfAContainerisedBroker(@TempDir Path directory) throws Exception {
        try (KafkaContainer kafka = new KafkaContainer(DockerImageName.parse("apache/kafka:4.4.0"))) {
            kafka.start();
            StackScenario.run(kafka.getBootstrapServers(), directory);
        }
    }
}
