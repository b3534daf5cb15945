package retort.trainer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.place.Places;
import retort.settings.Settings;
import retort.trainer.checkpoint.CheckpointStore;

/** A bucket {@code runs} on a server in this JVM, behind a proxy that honours conditional writes. The test closes it. */
public final class TestBucket implements AutoCloseable {
    public static final String NAME = "runs";
    public static final String ROOT = "s3://" + NAME + "/below/checkpoints";

    public final EmbeddedS3 server = EmbeddedS3.start(NAME);
    public final FaultyProxy proxy = FaultyProxy.before(server.endpoint());
    private final List<Places> opened = new ArrayList<>();

    private TestBucket() {
        System.setProperty("aws.accessKeyId", EmbeddedS3.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", EmbeddedS3.SECRET_KEY);
    }

    public static TestBucket start() {
        final TestBucket bucket = new TestBucket();
        bucket.proxy.withConditionalWrites(bucket.server);
        return bucket;
    }

    /** A server that knows no conditional writes, as s3proxy 2.6.0. */
    public static TestBucket unconditional() {
        return new TestBucket();
    }

    public String settings() {
        return settings(proxy.endpoint().toString());
    }

    public static String settings(String endpoint) {
        return "places { s3 { endpoint = \"" + endpoint + "\", region = us-east-1 }, timeout = 10s, attempts = 3 }";
    }

    public Config config() {
        return Settings.over(ConfigFactory.parseString(settings()));
    }

    /** As another process sees it. */
    public Places places() {
        final Places places = Places.from(config());
        opened.add(places);
        return places;
    }

    /** A store as another process has it. */
    public CheckpointStore store() {
        return new CheckpointStore(places().file(ROOT));
    }

    /** Options of a JVM that reads the bucket. */
    public static List<String> credentials() {
        return List.of("-Daws.accessKeyId=" + EmbeddedS3.ACCESS_KEY, "-Daws.secretAccessKey=" + EmbeddedS3.SECRET_KEY);
    }

    @Override
    public void close() throws IOException {
        opened.forEach(Places::close);
        proxy.close();
        server.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }
}
