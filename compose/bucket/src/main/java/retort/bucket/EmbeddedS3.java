package retort.bucket;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.jclouds.blobstore.domain.PageSet;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;
import org.jspecify.annotations.Nullable;

/** An S3 server on a free port of this machine, with its objects in memory. It takes one access key. Any thread. */
public final class EmbeddedS3 implements AutoCloseable {
    public static final String ACCESS_KEY = "retort-access";
    public static final String SECRET_KEY = "retort-secret";

    private final BlobStoreContext context;
    private final S3Proxy server;

    private EmbeddedS3(BlobStoreContext context, S3Proxy server) {
        this.context = context;
        this.server = server;
    }

    /** Starts a server with the given buckets, which asks for the access key. */
    public static EmbeddedS3 start(String... buckets) {
        return start(AuthenticationType.AWS_V2_OR_V4, buckets);
    }

    /** Starts a server with the given buckets, which anyone reads without a key. */
    public static EmbeddedS3 open(String... buckets) {
        return start(AuthenticationType.NONE, buckets);
    }

    private static EmbeddedS3 start(AuthenticationType authentication, String... buckets) {
        final Properties settings = new Properties();
        settings.putAll(Map.of("jclouds.identity", ACCESS_KEY, "jclouds.credential", SECRET_KEY));
        final BlobStoreContext context = ContextBuilder.newBuilder(new TransientApiMetadata()).overrides(settings)
                .build(BlobStoreContext.class);
        for (final String bucket : buckets)
            context.getBlobStore().createContainerInLocation(null, bucket);
        final S3Proxy server = S3Proxy.builder().blobStore(context.getBlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(authentication, ACCESS_KEY, SECRET_KEY).build();
        try {
            server.start();
        } catch (Exception e) {
            context.close();
            throw new IllegalStateException("the S3 server did not start", e);
        }
        return new EmbeddedS3(context, server);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** Puts an object by the side of the server. */
    public void put(String bucket, String key, byte[] content) {
        final BlobStore store = context.getBlobStore();
        store.putBlob(bucket, store.blobBuilder(key).payload(content).contentLength(content.length).build());
    }

    /** The content of an object by the side of the server. */
    public byte[] get(String bucket, String key) throws IOException {
        try (var in = context.getBlobStore().getBlob(bucket, key).getPayload().openStream()) {
            return in.readAllBytes();
        }
    }

    public boolean has(String bucket, String key) {
        return context.getBlobStore().containerExists(bucket) && context.getBlobStore().blobExists(bucket, key);
    }

    /** The keys of all objects that begin with {@code prefix}, by the side of the server. */
    public List<String> keys(String bucket, String prefix) {
        final List<String> keys = new ArrayList<>();
        final BlobStore store = context.getBlobStore();
        @Nullable
        String marker = null;
        do {
            final ListContainerOptions options = ListContainerOptions.Builder.recursive().prefix(prefix);
            final PageSet<? extends StorageMetadata> page = store.list(bucket,
                    marker == null ? options : options.afterMarker(marker));
            page.forEach(object -> keys.add(object.getName()));
            marker = page.getNextMarker();
        } while (marker != null);
        return keys;
    }

    /** Number of objects that are being sent in parts. */
    public int uploads(String bucket) {
        return context.getBlobStore().listMultipartUploads(bucket).size();
    }

    public void delete(String bucket, String key) {
        context.getBlobStore().removeBlob(bucket, key);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server did not stop", e);
        } finally {
            context.close();
        }
    }
}
