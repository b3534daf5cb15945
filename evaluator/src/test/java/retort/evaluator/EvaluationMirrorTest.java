package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import retort.broker.SharedBroker;
import retort.evaluator.feed.EvaluationJson;
import retort.kafka.Broker;
import retort.kafka.FencedException;
import retort.kafka.RawPosition;
import retort.record.Evaluation;
import retort.settings.Settings;

/** The topic evaluations.json has what evaluations has, because both are written in one transaction. */
class EvaluationMirrorTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Broker broker = Broker.from(Settings.load(Optional.empty(), List.of(
            "kafka.bootstrap.servers=" + SharedBroker.bootstrapServers(), "topics.prefix=" + SharedBroker.freshPrefix(),
            "topics.evaluations-json=true")), TIMEOUT);

    @Test
    void everyEvaluationIsMirroredOnceAndOneOfAFencedEvaluatorNever() throws Exception {
        broker.ensureEventTopics();
        final Evaluation passed = Evaluation.newBuilder(evaluation(2)).setMetrics(Map.of()).setPassedOver("every = 2").build();
        try (EvaluationLedger first = EvaluationLedger.open(broker, "one", new Promotions(Map.of()))) {
            first.publish(evaluation(1)).block(TIMEOUT);
            first.publish(passed).block(TIMEOUT);
            try (EvaluationLedger second = EvaluationLedger.open(broker, "one", new Promotions(Map.of()))) {
                assertThatThrownBy(() -> first.publish(evaluation(3)).block(TIMEOUT)).isInstanceOf(FencedException.class);
                second.publish(evaluation(4)).block(TIMEOUT);
            }
        }
        final List<ConsumerRecord<byte[], byte[]>> mirrored = read(broker.topics().evaluationsJson().orElseThrow());
        assertThat(mirrored).extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .containsExactlyElementsOf(read(broker.topics().evaluations().name()).stream()
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8)).toList());
        assertThat(new String(mirrored.getFirst().value(), StandardCharsets.UTF_8)).isEqualTo(EvaluationJson.line(evaluation(1)));
        assertThat(mirrored.get(1).value()).as("passed over").isNull();
        assertThat(new ObjectMapper().readTree(mirrored.get(2).value()).at("/step").asLong()).isEqualTo(4);
    }

    @Test
    void thereIsNoMirrorByDefault() {
        final Broker plain = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        plain.ensureEventTopics();
        try (EvaluationLedger ledger = EvaluationLedger.open(plain, "one", new Promotions(Map.of()))) {
            ledger.publish(evaluation(1)).block(TIMEOUT);
        }
        assertThat(plain.find(plain.topics().prefix() + "evaluations.json")).isEmpty();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        return broker.raw(topic, RawPosition.START, "mirror", found -> {
        }).take(3).collectList().block(TIMEOUT);
    }

    private static Evaluation evaluation(long step) {
        return Evaluation.newBuilder().setRun("r").setStep(step).setSuite("knn").setSettingsHash("h")
                .setMetrics(Map.of("top1", 0.5))
                .setImages(10).setDurationMillis(3).setCheckpointSha256("s").setObjective("distill").setStream("val")
                .setAt(Instant.ofEpochMilli(7)).build();
    }
}
