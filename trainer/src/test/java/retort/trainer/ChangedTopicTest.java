package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.kafka.Broker;
import retort.kafka.LiveTopic;
import retort.kafka.TopicChangedException;
import retort.kafka.Topics;
import retort.trainer.pipeline.RunException;

/** Somebody deletes the topics of a run, while it waits for images or between two starts. */
class ChangedTopicTest extends RealTraining {
    private final String images = broker.topics().images("train");

    @Test
    void aRunWhoseImagesAreGoneSaysWhatThatMeansAndGoesOnInTheSameStreamPublishedAgain() {
        SmallStream.create(broker, "calm").publish(20);
        train(Training.pretrain("calm", 9, ", stream = calm"));
        SmallStream.create(broker, "train").publish(4);
        final String run = Training.pretrain("run", 9, "");
        final String before = id();
        try (TrainerService service = begin(run)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "run") == 2);
            delete(images);
            assertThatThrownBy(() -> service.done().block(Training.PATIENCE)).isInstanceOf(RunException.class)
                    .hasMessageStartingWith("run run cannot go on: topic " + images + " at ")
                    .hasMessageContaining("was deleted while this process used it (its id was " + before + ")");
        }
        assertThat(last("run").state().position().topicId()).contains(before);
        assertThatThrownBy(() -> train(run)).isInstanceOf(RunException.class)
                .hasMessageStartingWith("run run cannot go on: topic " + images + " does not exist at ");
        SmallStream.create(broker, "train").publish(20);

        assertThatThrownBy(() -> train(run)).isInstanceOf(RunException.class)
                .hasMessageContaining("is not the topic that the position was saved for (id " + before + " then, " + id()
                        + " now)")
                .hasMessageContaining("set topics.forgotten = [" + before + "], and the run goes on at sequence ")
                .hasMessageContaining("begin a run under another name").hasMessageNotContaining("ingest.stream");
        final Broker forgetting = new Broker(broker.kafka(), new Topics(broker.topics().prefix(), Set.of(before)),
                broker.timeout());
        Training.run(Training.config(forgetting, checkpoints, run), engine);
        assertThat(last("run").state().position().topicId()).contains(id());
        assertThat(weightsSha256("run")).isEqualTo(weightsSha256("calm"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"progress", "checkpoints"})
    void aRunWhoseOwnEventsAreGoneSaysSoWhileItWaitsForImages(String topic) {
        SmallStream.create(broker, "train").publish(4);
        final String name = broker.topics().prefix() + topic;
        try (TrainerService service = begin(Training.pretrain("run", 9, ""))) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "run") == 2);
            delete(name);
            assertThatThrownBy(() -> service.done().block(Training.PATIENCE)).isInstanceOf(RunException.class)
                    .hasCauseInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + name + " ").hasMessageContaining("deleted");
        }
        assertThat(broker.find(name)).as("not made again").isEmpty();
    }

    @Test
    void aRunThatWaitsForItsStreamSaysThatTheTopicOfStreamsIsGone() {
        broker.ensureEventTopics();
        final String name = broker.topics().streams().name();
        try (TrainerService service = begin(Training.pretrain("run", 9, ""))) {
            await().atMost(Training.PATIENCE).until(() -> Training.progress(broker).containsKey("run"));
            delete(name);
            assertThatThrownBy(() -> service.done().block(Training.PATIENCE)).hasMessageContaining("topic " + name + " ")
                    .hasMessageContaining("deleted");
        }
    }

    private String id() {
        return broker.find(images).flatMap(LiveTopic::id).orElseThrow();
    }

    private void delete(String topic) {
        broker.ask(admin -> Broker.await(admin.deleteTopics(List.of(topic)).all()));
    }
}
