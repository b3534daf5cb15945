package retort.ingest.source.webdataset;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import retort.ingest.source.Label;

/** Finds a label in a JSON member, which is read forward and not kept: it may hold anything else. */
final class JsonLabel {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLabel() {
    }

    /**
     * Returns the first of the fields of {@code keys} that the outermost object has. A text that is no JSON object has no label, because
     * JSON beside an image may hold anything.
     *
     * @param unread receives each other field of the outermost object, if no label was found
     * @throws IOException if the text is damaged JSON
     */
    static Label find(byte[] json, Keys keys, Consumer<String> unread) throws IOException {
        final List<String> fields = keys.fields();
        final Map<String, Label> found = new HashMap<>();
        final List<String> others = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT)
                return Label.NONE;
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (fields.contains(field)) {
                    found.put(field, Label.of(JSON.<com.fasterxml.jackson.databind.JsonNode>readTree(parser)));
                } else {
                    others.add(field);
                    parser.skipChildren();
                }
            }
        }
        if (found.isEmpty())
            others.forEach(unread);
        return fields.stream().filter(found::containsKey).findFirst().map(found::get).orElse(Label.NONE);
    }
}
