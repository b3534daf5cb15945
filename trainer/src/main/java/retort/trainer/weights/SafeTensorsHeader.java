package retort.trainer.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON part of a safetensors file: type, shape and place of each tensor. The JSON is hostile until {@link #parse} returns. From then on
 * every entry has a known type and a length that fits its shape. The entries share no byte, and together they are all of the data.
 */
record SafeTensorsHeader(List<Entry> entries, Map<String, String> metadata) {
    /** Enough for some 80,000 tensors. The format allows 100 MB, but such a header needs too much heap. */
    static final int MAX_BYTES = 8 << 20;

    /** More axes than any weight has. The limit bounds the memory that a hostile header can take. */
    private static final int MAX_AXES = 16;
    private static final String METADATA = "__metadata__";
    private static final JsonFactory JSON = new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxStringLength(1 << 20)
                    .maxNumberLength(20).build())
            .build();

    /** A tensor and its place: bytes {@code begin} to {@code end}, exclusive, of the data after the header. */
    @SuppressWarnings("ArrayRecordComponent") // it carries arrays and is never compared
    record Entry(String name, DType dtype, long[] shape, long begin, long end) {
        long bytes() {
            return end - begin;
        }
    }

    /**
     * Lays out a new file: wide types first, so that every tensor is aligned to its element type, and then by name. The same tensors
     * always give the same bytes.
     */
    static SafeTensorsHeader layOut(Map<String, NamedTensors.Form> tensors, Map<String, String> metadata) {
        final List<Map.Entry<String, NamedTensors.Form>> ordered = tensors.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, NamedTensors.Form> e) -> -e.getValue().dtype().bytes())
                        .thenComparing(Map.Entry::getKey))
                .toList();
        final List<Entry> entries = new ArrayList<>();
        long at = 0;
        for (final Map.Entry<String, NamedTensors.Form> each : ordered) {
            final NamedTensors.Form tensor = each.getValue();
            final long end = at + tensor.bytes();
            entries.add(new Entry(each.getKey(), tensor.dtype(), tensor.shape(), at, end));
            at = end;
        }
        return new SafeTensorsHeader(entries, new java.util.TreeMap<>(metadata));
    }

    /** The header as JSON, padded with spaces to a multiple of 8 bytes, so that the data begin at a multiple of 8 in the file. */
    byte[] toJson() throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (final Map.Entry<String, String> each : metadata.entrySet())
                    json.writeStringField(each.getKey(), each.getValue());
                json.writeEndObject();
            }
            for (final Entry entry : entries) {
                json.writeObjectFieldStart(entry.name());
                json.writeStringField("dtype", entry.dtype().name());
                json.writeFieldName("shape");
                json.writeArray(entry.shape(), 0, entry.shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[]{entry.begin(), entry.end()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (bytes.size() % 8 != 0)
            bytes.write(' ');
        return bytes.toByteArray();
    }

    /**
     * Parses and checks a header.
     *
     * @param dataBytes number of bytes that follow the header in the file
     * @throws WeightsException if the header is not a whole and sound description of exactly these bytes
     */
    static SafeTensorsHeader parse(byte[] header, long dataBytes) {
        try (JsonParser json = JSON.createParser(header)) {
            require(json.nextToken() == JsonToken.START_OBJECT, "the header is not a JSON object");
            final List<Entry> entries = new ArrayList<>();
            Map<String, String> metadata = Map.of();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName())
                if (name.equals(METADATA))
                    metadata = metadata(json);
                else
                    entries.add(entry(name, json));
            require(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null,
                    "the header goes on after its JSON object");
            requireAllBytesOnce(entries, dataBytes);
            return new SafeTensorsHeader(entries, metadata);
        } catch (IOException e) {
            throw new WeightsException("the header is not sound JSON: " + firstLine(e), e);
        }
    }

    private static Map<String, String> metadata(JsonParser json) throws IOException {
        require(json.nextToken() == JsonToken.START_OBJECT, METADATA + " is not an object");
        final Map<String, String> metadata = new LinkedHashMap<>();
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            final String value = json.nextTextValue();
            require(value != null, METADATA + " " + key + " is not text");
            metadata.put(key, String.valueOf(value));
        }
        return metadata;
    }

    private static Entry entry(String name, JsonParser json) throws IOException {
        require(json.nextToken() == JsonToken.START_OBJECT, "tensor " + name + " is not described by an object");
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName())
            switch (key) {
                case "dtype" -> dtype = dtype(name, json.nextTextValue());
                case "shape" -> shape = longs(name, key, json);
                case "data_offsets" -> offsets = longs(name, key, json);
                default -> throw new WeightsException("tensor " + name + " has an unknown field " + key);
            }
        if (dtype == null || shape == null || offsets == null || offsets.length != 2)
            throw new WeightsException("tensor " + name + " lacks dtype, shape or its two data_offsets");
        require(offsets[0] <= offsets[1], "tensor " + name + " ends before it begins");
        require(offsets[1] - offsets[0] == bytes(name, dtype, shape), "tensor " + name + " of " + dtype + " "
                + Arrays.toString(shape) + " does not take the " + (offsets[1] - offsets[0]) + " bytes of its data_offsets");
        return new Entry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private static DType dtype(String tensor, @Nullable String name) {
        for (final DType each : DType.values())
            if (each.name().equals(name))
                return each;
        throw new WeightsException("tensor " + tensor + " has dtype " + name + ", which is not supported: save it as F32");
    }

    private static long[] longs(String tensor, String key, JsonParser json) throws IOException {
        require(json.nextToken() == JsonToken.START_ARRAY, key + " of tensor " + tensor + " is not an array");
        final long[] values = new long[MAX_AXES];
        int n = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken() == JsonToken.VALUE_NUMBER_INT && n < MAX_AXES,
                    key + " of tensor " + tensor + " is not a short array of whole numbers");
            values[n] = json.getLongValue();
            require(values[n++] >= 0, key + " of tensor " + tensor + " holds a negative number");
        }
        return Arrays.copyOf(values, n);
    }

    private static long bytes(String tensor, DType dtype, long[] shape) {
        try {
            return Math.multiplyExact(HostTensor.elements(shape), dtype.bytes());
        } catch (ArithmeticException e) {
            throw new WeightsException("tensor " + tensor + " has an impossible shape " + Arrays.toString(shape), e);
        }
    }

    /** Checks that entries have neither gaps nor overlaps, as the format demands. So every byte belongs to exactly one tensor. */
    private static void requireAllBytesOnce(List<Entry> entries, long dataBytes) {
        final List<Entry> inOrder = entries.stream().sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList();
        long at = 0;
        for (final Entry entry : inOrder) {
            require(entry.end() <= dataBytes, "tensor " + entry.name() + " ends at byte " + entry.end() + " of "
                    + dataBytes + ": the file is cut short, or its header is wrong");
            require(entry.begin() == at, "tensor " + entry.name() + " begins at byte " + entry.begin() + ", not at " + at
                    + " where the one before it ends");
            at = entry.end();
        }
        require(at == dataBytes, "the last tensor ends at byte " + at + ", the data at " + dataBytes);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new WeightsException(otherwise);
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
