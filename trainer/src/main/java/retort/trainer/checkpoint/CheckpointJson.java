package retort.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import retort.digest.FileDigest;
import retort.digest.Sha256;
import retort.kafka.StreamPosition;
import retort.record.Architecture;
import retort.settings.Identity;
import retort.trainer.images.SequenceRanges;
import retort.trainer.weights.WeightsException;

/**
 * Reads and writes {@code checkpoint.json}: the training state, the digests of the two files beside it, and a digest of its own
 * content, because a bad disk may change a position without anybody noticing.
 */
final class CheckpointJson {
    private static final String OWN_DIGEST = "sha256";
    private static final ObjectMapper JSON = new ObjectMapper();

    private CheckpointJson() {
    }

    static byte[] write(Checkpoint checkpoint) throws IOException {
        final ObjectNode json = JSON.createObjectNode();
        json.set("state", state(checkpoint.state()));
        json.set(Checkpoint.WEIGHTS, digest(checkpoint.weightsDigest()));
        json.set(Checkpoint.OPTIMIZER, digest(checkpoint.optimizerDigest()));
        json.put(OWN_DIGEST, Sha256.of(JSON.writeValueAsBytes(json)));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }

    /** @throws WeightsException if {@code bytes} are not what {@link #write} has written */
    static Checkpoint read(Path directory, byte[] bytes) {
        try {
            if (!(JSON.readTree(bytes) instanceof final ObjectNode json))
                throw new WeightsException(Checkpoint.STATE + " is not a JSON object");
            final JsonNode digest = json.remove(OWN_DIGEST);
            if (digest == null || !digest.asText().equals(Sha256.of(JSON.writeValueAsBytes(json))))
                throw new WeightsException(Checkpoint.STATE + " does not fit its own SHA-256");
            return new Checkpoint(directory, state(json.required("state")), digest(json.required(Checkpoint.WEIGHTS)),
                    digest(json.required(Checkpoint.OPTIMIZER)));
        } catch (IOException | IllegalArgumentException e) {
            throw new WeightsException(Checkpoint.STATE + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode state(TrainingState state) {
        final ObjectNode json = JSON.createObjectNode().put("run", state.run()).put("step", state.step())
                .put("steps", state.steps()).put("stream", state.stream()).put("startSequence", state.startSequence())
                .put("nextSequence", state.position().nextSequence()).put("usedImages", state.usedImages());
        state.position().topicId().ifPresent(id -> json.put("topicId", id));
        final ObjectNode offsets = json.putObject("offsets");
        new TreeMap<>(state.position().offsets()).forEach((partition, offset) -> offsets.put(partition.toString(), offset));
        if (!state.skip().isEmpty())
            json.set("skip", JSON.valueToTree(state.skip().texts()));
        final ObjectNode identity = json.putObject("identity");
        state.identity().settings().forEach(identity::put);
        json.put("objective", state.objective());
        json.set("architecture", architecture(state.architecture()));
        state.teacher().ifPresent(teacher -> json.put("teacher", teacher));
        return json;
    }

    private static TrainingState state(JsonNode json) {
        final Map<Integer, Long> offsets = new HashMap<>();
        json.required("offsets").properties()
                .forEach(each -> offsets.put(Integer.valueOf(each.getKey()), each.getValue().asLong()));
        final Map<String, String> identity = new TreeMap<>();
        json.required("identity").properties().forEach(each -> identity.put(each.getKey(), each.getValue().asText()));
        return new TrainingState(json.required("run").asText(), json.required("step").asLong(), json.required("steps").asLong(),
                json.required("stream").asText(), json.required("startSequence").asLong(),
                new StreamPosition(json.required("nextSequence").asLong(), offsets, text(json, "topicId")),
                json.required("usedImages").asInt(), skip(json.path("skip")), Identity.of(identity),
                json.required("objective").asText(), architecture(json.required("architecture")),
                text(json, "teacher"));
    }

    private static SequenceRanges skip(JsonNode json) {
        final List<String> texts = new ArrayList<>();
        json.forEach(text -> texts.add(text.asText()));
        return SequenceRanges.parse(texts);
    }

    private static ObjectNode architecture(Architecture architecture) {
        final ObjectNode json = JSON.createObjectNode();
        for (final Schema.Field field : architecture.getSchema().getFields())
            json.set(field.name(), JSON.valueToTree(architecture.get(field.pos())));
        return json;
    }

    /** A field that an older version of Retort did not write gets the default of its Avro schema. */
    private static Architecture architecture(JsonNode json) {
        final Architecture architecture = new Architecture();
        for (final Schema.Field field : architecture.getSchema().getFields()) {
            final JsonNode value = json.get(field.name());
            if (value == null)
                architecture.put(field.pos(), SpecificData.get().getDefaultValue(field));
            else if (field.schema().getType() == Schema.Type.INT)
                architecture.put(field.pos(), value.asInt());
            else
                architecture.put(field.pos(), value.asText());
        }
        return architecture;
    }

    private static ObjectNode digest(FileDigest digest) {
        return JSON.createObjectNode().put("bytes", digest.bytes()).put("sha256", digest.sha256());
    }

    private static FileDigest digest(JsonNode json) {
        return new FileDigest(json.required("bytes").asLong(), json.required("sha256").asText());
    }

    private static Optional<String> text(JsonNode json, String key) {
        return Optional.ofNullable(json.get(key)).map(JsonNode::asText);
    }
}
