package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.kafka.RecordSink;
import retort.record.Evaluation;
import retort.record.Picture;
import retort.record.Promotion;
import retort.settings.SettingException;
import retort.trainer.pipeline.RunException;

/** A run whose checkpoints are elsewhere is not begun anew under its name, unless it is forgotten. On a real broker. */
class PublishedRunTest extends RealTraining {
    @Test
    void aNameThatTheBrokerKnowsAtALaterStepIsRefusedUntilItIsForgotten() throws Exception {
        SmallStream.create(broker, "train").publish(20);
        final String run = Training.pretrain("known", 2, "");
        train(run + "," + Training.pretrain("bystander", 1, ""));
        publish("known");
        publish("bystander");
        final Path folder = checkpoints.resolve("known");
        assertThatThrownBy(() -> forget(run, "known")).isInstanceOf(RunException.class)
                .hasMessageContaining("it would go on from its checkpoints in " + folder);
        Files.move(folder, checkpoints.resolve("elsewhere"));

        assertThatThrownBy(() -> train(run)).isInstanceOf(RunException.class).hasMessageContaining(
                "run known has no checkpoint in " + folder + ", but the broker knows it at step 2")
                .hasMessageContaining("set trainer.checkpoints").hasMessageContaining("another name")
                .hasMessageContaining("--forget known");
        assertThatThrownBy(() -> forget(run, "unknown")).isInstanceOf(SettingException.class).hasMessageContaining("[known]");
        assertThat(forget(run, "known")).singleElement().asString().contains("run known is forgotten: ");
        assertThat(Training.checkpoints(broker)).containsOnlyKeys("bystander/0", "bystander/1");
        assertThat(broker.table(broker.topics().evaluations()).values()).extracting(Evaluation::getRun)
                .containsExactly("bystander");
        assertThat(broker.table(broker.topics().promotions()).values()).extracting(Promotion::getRun)
                .containsExactly("bystander");
        assertThat(broker.keys(broker.topics().pictures())).containsExactly("bystander/2/reconstruction");
        assertThat(Training.progress(broker)).containsOnlyKeys("bystander");
        train(run);

        assertThat(Training.checkpoints(broker)).containsKeys("known/0", "known/2");
    }

    private List<String> forget(String run, String name) {
        return TrainerService.forget(Training.config(broker, checkpoints, run), List.of(name));
    }

    private void publish(String run) {
        try (RecordSink sink = broker.sink("evaluations", 1 << 20)) {
            sink.send(broker.topics().evaluations(), Evaluation.newBuilder().setRun(run).setStep(2).setSuite("knn")
                    .setSettingsHash("h").setMetrics(Map.of("top1", 0.5)).setImages(1).setDurationMillis(1).setStream("val")
                    .setCheckpointSha256("").setObjective("pretrain").setAt(Instant.now()).build()).block(Duration.ofSeconds(30));
            sink.send(broker.topics().pictures(), Picture.newBuilder().setRun(run).setStep(2).setSuite("reconstruction")
                    .setSettingsHash("h").setCheckpointSha256("").setStream("val").setSampleIds(List.of()).setRows(List.of())
                    .setWidth(1).setHeight(1).setPng(ByteBuffer.allocate(1)).setAt(Instant.now()).build())
                    .block(Duration.ofSeconds(30));
            sink.send(broker.topics().promotions(), Promotion.newBuilder().setRun(run).setMetric("knn.top1").setStep(2)
                    .setValue(0.5).setUri("file:/x").setSha256("").setAt(Instant.now()).build()).block(Duration.ofSeconds(30));
        }
    }
}
