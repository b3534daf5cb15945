package retort.ingest.source.webdataset;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import retort.ingest.source.Label;

/** Finds a label in a JSON member, which is read forward and not kept: it may hold anything else. */
final class JsonLabel {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLabel() {
    }

    /**
     * Returns the first of {@code fields} that the outermost object has. A text that is no JSON object has no label, because JSON beside an
     * image may hold anything.
     */
    static Label find(byte[] json, List<String> fields) {
        final Map<String, Label> found = new HashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT)
                return Label.NONE;
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (fields.contains(field))
                    found.put(field, Label.of(JSON.<com.fasterxml.jackson.databind.JsonNode>readTree(parser)));
                else
                    parser.skipChildren();
            }
        } catch (IOException damaged) {
            return Label.NONE;
        }
        return fields.stream().filter(found::containsKey).findFirst().map(found::get).orElse(Label.NONE);
    }
}
