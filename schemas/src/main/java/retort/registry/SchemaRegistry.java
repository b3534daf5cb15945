package retort.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.codec.SchemaIds;
import retort.codec.UndecodableException;
import retort.registry.RegistryClient.Answer;

/**
 * The schemas of a registry with Confluent's REST interface. A schema is registered under a subject whose compatibility is
 * BACKWARD_TRANSITIVE, which the tests hold for every released schema. Ids are cached, because an id never changes its meaning. Any
 * thread may call it; a call that is not answered from the cache blocks.
 */
public final class SchemaRegistry implements SchemaIds {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);
    private static final String COMPATIBILITY = "BACKWARD_TRANSITIVE";
    /** FULL_TRANSITIVE is stricter, so that somebody else's choice of it stays. */
    private static final Set<String> STRICT = Set.of(COMPATIBILITY, "FULL_TRANSITIVE");
    private static final int MOST_SCHEMAS = 1000;

    private final RegistryClient client;
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    /** The schemas that were met last. A value that is empty is an id without an Avro schema. Guarded by itself. */
    private final Map<Integer, Optional<Schema>> schemas = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Optional<Schema>> eldest) {
            return size() > MOST_SCHEMAS;
        }
    };

    public SchemaRegistry(RegistrySettings settings) {
        this.client = new RegistryClient(settings);
    }

    @Override
    public int id(String subject, Schema schema) {
        return ids.computeIfAbsent(subject, name -> registered(name, text(schema)));
    }

    /** A schema that is there already is only looked up, which needs no right to write. */
    private int registered(String subject, ObjectNode schema) {
        final String what = "subject " + subject;
        final String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
        final Answer known = client.ask("POST", path, Optional.of(schema), what);
        if (known.isFine())
            return number(known, what);
        if (known.status() != 404)
            throw client.failed(what, "it answers " + known.message(), null);
        requireCompatibility(subject, what);
        final Answer made = client.ask("POST", path + "/versions", Optional.of(schema), what);
        if (made.status() == 409)
            throw client.failed(what, "the schema of this release does not read what a registered one has written ("
                    + made.message()
                    + "): another program uses this subject; give another topics.prefix, or delete the subject's versions", null);
        if (!made.isFine())
            throw client.failed(what, "it does not take the schema (" + made.message() + ")", null);
        requireCompatibility(subject, what); // again, because some registries forget the setting of a subject that is not there yet
        return number(made, what);
    }

    private void requireCompatibility(String subject, String what) {
        final String path = "/config/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
        final Answer found = client.ask("GET", path, Optional.empty(), what);
        final String present = found.json().path("compatibilityLevel").asText("");
        if (found.isFine() && STRICT.contains(present))
            return;
        if (found.isFine() && !present.isEmpty())
            LOG.warn("{} has compatibility {} in the registry: {} is set", what, present, COMPATIBILITY);
        final Answer set = client.ask("PUT", path,
                Optional.of(JsonNodeFactory.instance.objectNode().put("compatibility", COMPATIBILITY)), what);
        if (!set.isFine())
            throw client.failed(what, "it does not set compatibility " + COMPATIBILITY + " (" + set.message() + ")", null);
    }

    private int number(Answer answer, String what) {
        final JsonNode id = answer.json().path("id");
        if (!id.canConvertToInt() || !id.isIntegralNumber() || id.intValue() < 0)
            throw client.failed(what, "its answer has no schema id", null);
        return id.intValue();
    }

    @Override
    public Schema schema(int id) throws UndecodableException {
        synchronized (schemas) {
            final Optional<Schema> known = schemas.get(id);
            if (known != null)
                return known.orElseThrow(() -> none(id));
        }
        final Answer answer = client.ask("GET", "/schemas/ids/" + id, Optional.empty(), "schema id " + id);
        if (!answer.isFine() && answer.status() != 404)
            throw client.failed("schema id " + id, "it answers " + answer.message(), null);
        final Optional<Schema> schema = answer.isFine() ? parsed(answer.json()) : Optional.empty();
        synchronized (schemas) {
            schemas.put(id, schema);
        }
        return schema.orElseThrow(() -> none(id));
    }

    private static UndecodableException none(int id) {
        return new UndecodableException("a record in the Confluent framing with schema id " + id
                + ", for which the schema registry has no Avro schema");
    }

    private static Optional<Schema> parsed(JsonNode answer) {
        if (!answer.path("schemaType").asText("AVRO").equals("AVRO"))
            return Optional.empty();
        try {
            return Optional.of(new Schema.Parser().parse(answer.path("schema").asText("")));
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The schema for people and for other languages: without the properties that only generated Java classes need. */
    private static ObjectNode text(Schema schema) {
        try {
            final JsonNode tree = new ObjectMapper().readTree(schema.toString());
            tree.findParents("avro.java.string").forEach(type -> ((ObjectNode) type).remove("avro.java.string"));
            return JsonNodeFactory.instance.objectNode().put("schema", tree.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema is always JSON", e);
        }
    }
}
