package retort.ingest.source.parquet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The description that Hugging Face's {@code datasets} writes into a file, under the key {@code huggingface}. Immutable. */
record Description(JsonNode features) {
    static Description of(Footer footer) throws IOException {
        try {
            return new Description(new ObjectMapper().readTree(footer.metadata().getOrDefault("huggingface", "{}")).path("info")
                    .path("features"));
        } catch (JsonProcessingException e) {
            throw new IOException("its description under the key huggingface is no JSON", e);
        }
    }

    /** Names of a column's classes by index; empty if it is no {@code ClassLabel}. */
    List<String> classNames(String column) {
        final List<String> names = new ArrayList<>();
        for (final JsonNode name : features.path(column).path("names"))
            names.add(name.asText());
        return List.copyOf(names);
    }

    /** The columns that are a {@code ClassLabel}. */
    List<String> classLabels() {
        final List<String> columns = new ArrayList<>();
        features.fieldNames().forEachRemaining(column -> {
            if (features.path(column).path("_type").asText().equals("ClassLabel"))
                columns.add(column);
        });
        return List.copyOf(columns);
    }
}
