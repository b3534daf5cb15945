package retort.codec;

import org.apache.avro.Schema;

/** The ids that a registry gives to schemas. The Confluent framing holds such an id. Any thread may call it; calls may block. */
public interface SchemaIds {
    /**
     * The id of {@code schema} under {@code subject}. It is registered if the registry does not know it.
     *
     * @throws RuntimeException with a sentence for people if the registry does not answer, or refuses the schema
     */
    int id(String subject, Schema schema);

    /**
     * The schema of an id that a record holds.
     *
     * @throws UndecodableException if the registry says that there is no Avro schema with this id
     * @throws RuntimeException with a sentence for people if the registry does not answer
     */
    Schema schema(int id) throws UndecodableException;
}
