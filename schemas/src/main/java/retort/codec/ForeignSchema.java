package retort.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * Refuses a schema from a registry that could make {@link WireCheck} take more than the bytes of a record allow. A recursive schema could
 * exhaust the stack, a schema with many nested references could take time without bytes, and an item without bytes could make a
 * count meaningless. Stateless.
 */
final class ForeignSchema {
    private static final int MOST_DEPTH = 64;
    private static final int MOST_PARTS = 10_000;

    private final Deque<Schema> open = new ArrayDeque<>();
    private int parts;

    private ForeignSchema() {
    }

    /** @throws UndecodableException unless {@code reader} can read everything that was written with {@code writer}, within bounds */
    static void require(Schema reader, Schema writer) throws UndecodableException {
        new ForeignSchema().walk(writer);
        if (SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType() != SchemaCompatibilityType.COMPATIBLE)
            throw new UndecodableException("a record of the schema " + shown(writer) + ", which a " + reader.getName()
                    + " of this release cannot be read from");
    }

    private void walk(Schema schema) throws UndecodableException {
        if (++parts > MOST_PARTS || open.size() == MOST_DEPTH)
            throw new UndecodableException("a record of the schema " + shown(schema) + " of the registry, which is too large");
        if (schema.getType() == Schema.Type.RECORD
                && open.stream().anyMatch(around -> around.getFullName().equals(schema.getFullName())))
            throw new UndecodableException("a record of the recursive schema " + shown(schema) + " of the registry");
        open.push(schema);
        switch (schema.getType()) {
            case RECORD -> {
                for (final Schema.Field field : schema.getFields())
                    walk(field.schema());
            }
            case UNION -> {
                for (final Schema branch : schema.getTypes())
                    walk(branch);
            }
            case ARRAY -> item(schema.getElementType());
            case MAP -> walk(schema.getValueType()); // a key has a length, so that no item is without bytes
            default -> {
            }
        }
        open.pop();
    }

    private void item(Schema item) throws UndecodableException {
        walk(item);
        if (!hasBytes(item))
            throw new UndecodableException("a record of a schema of the registry with an array of " + shown(item)
                    + ", whose items have no bytes");
    }

    private static boolean hasBytes(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> false;
            case FIXED -> schema.getFixedSize() > 0;
            case RECORD -> schema.getFields().stream().anyMatch(field -> hasBytes(field.schema()));
            default -> true;
        };
    }

    private static String shown(Schema schema) {
        final String name = schema.getFullName();
        return name.length() <= 200 ? name : name.substring(0, 200) + "...";
    }
}
