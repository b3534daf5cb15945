package retort.evaluator.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Holds an answer against a schema of openapi.json: the parts of JSON Schema that the file uses. */
record OpenApi(JsonNode document) {
    void holds(JsonNode value, String schema) {
        assertThat(faults(value, document.at("/components/schemas/" + schema), "$")).as(schema + ": " + value).isEmpty();
    }

    private List<String> faults(JsonNode value, JsonNode schema, String at) {
        if (schema.isMissingNode())
            return List.of(at + ": there is no such schema");
        if (schema.has("$ref"))
            return faults(value, document.at(schema.get("$ref").asText().substring(1)), at);
        if (schema.has("oneOf")) {
            final List<List<String>> each = new ArrayList<>();
            schema.get("oneOf").forEach(one -> each.add(faults(value, one, at)));
            return each.stream().filter(List::isEmpty).count() == 1 ? List.of() : List.of(at + " fits not one of " + each);
        }
        if (!types(schema.get("type")).contains(type(value))
                && !(type(value).equals("integer") && types(schema.get("type")).contains("number")))
            return List.of(at + " is " + type(value) + ", not " + schema.get("type"));
        final List<String> faults = new ArrayList<>();
        if (schema.has("enum") && StreamSupport.stream(schema.get("enum").spliterator(), false).noneMatch(value::equals))
            faults.add(at + " = " + value + " is none of " + schema.get("enum"));
        if (schema.path("format").asText().equals("date-time"))
            Instant.parse(value.asText());
        if (value.isArray())
            for (int i = 0; i < value.size(); i++)
                faults.addAll(faults(value.get(i), schema.get("items"), at + "[" + i + "]"));
        if (value.isObject()) {
            schema.path("required").forEach(key -> {
                if (!value.has(key.asText()))
                    faults.add(at + " has no " + key.asText());
            });
            value.properties().forEach(each -> {
                final JsonNode known = schema.path("properties").get(each.getKey());
                final JsonNode other = schema.path("additionalProperties");
                if (known != null || other.isObject())
                    faults.addAll(faults(each.getValue(), known == null ? other : known, at + "." + each.getKey()));
                else if (!other.asBoolean())
                    faults.add(at + " has " + each.getKey() + ", which is not described");
            });
        }
        return faults;
    }

    private static List<String> types(JsonNode type) {
        final List<String> types = new ArrayList<>();
        if (type.isArray())
            type.forEach(each -> types.add(each.asText()));
        else
            types.add(type.asText());
        return types;
    }

    private static String type(JsonNode value) {
        return value.isIntegralNumber()
                ? "integer"
                : value.isNumber()
                        ? "number"
                        : value.isTextual()
                                ? "string"
                                : value.isBoolean() ? "boolean" : value.isNull() ? "null" : value.isArray() ? "array" : "object";
    }
}
