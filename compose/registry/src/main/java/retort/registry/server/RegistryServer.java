package retort.registry.server;

/** A registry with Confluent's REST interface, on a free port of this machine. Any thread. */
public interface RegistryServer extends AutoCloseable {
    /** Address of the REST interface, for {@code schema-registry.url}. */
    String url();

    @Override
    void close();
}
