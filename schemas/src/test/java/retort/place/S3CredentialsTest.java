package retort.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.bucket.EmbeddedS3;
import retort.bucket.FaultyProxy;
import retort.settings.Settings;

/**
 * The sources of AWS's standard chain, against a real server of S3's protocol (s3proxy 2.6.0), which checks every signature, and a small
 * server of STS, which hands out keys as the API's reference (version 2011-06-15) shows it. s3proxy knows no session tokens, so that
 * a request which carries one is answered by the proxy before it.
 */
final class S3CredentialsTest {
    private static final String TOKEN = "s3ss10n-t0k3n";
    private static final byte[] CONTENT = "signed".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final List<String> set = new ArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private EmbeddedS3 server;
    private FaultyProxy proxy;
    private HttpServer sts;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedS3.start("data");
        server.put("data", "x.bin", CONTENT);
        proxy = FaultyProxy.before(server.endpoint());
        proxy.watch(heads::add);
        sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sts.createContext("/", exchange -> {
            final String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(body + " signed by " + exchange.getRequestHeaders().getFirst("Authorization"));
            final String action = body.contains("AssumeRoleWithWebIdentity") ? "AssumeRoleWithWebIdentity" : "AssumeRole";
            final byte[] answer = ("<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action
                    + "Result><Credentials><AccessKeyId>" + EmbeddedS3.ACCESS_KEY + "</AccessKeyId><SecretAccessKey>"
                    + EmbeddedS3.SECRET_KEY + "</SecretAccessKey><SessionToken>" + TOKEN
                    + "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>"
                    + "<Arn>arn:aws:sts::123456789012:assumed-role/reader/retort</Arn><AssumedRoleId>AROA:retort</AssumedRoleId>"
                    + "</AssumedRoleUser></" + action + "Result></" + action + "Response>").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        sts.start();
        // Nothing of the machine that the test runs on counts.
        set("aws.sharedCredentialsFile", folder.resolve("credentials").toString());
        set("aws.configFile", folder.resolve("config").toString());
        set("aws.disableEc2Metadata", "true");
        set("aws.endpointUrlSts", "http://127.0.0.1:" + sts.getAddress().getPort());
        set("aws.region", "eu-west-1");
    }

    private void set(String property, String value) {
        System.setProperty(property, value);
        set.add(property);
    }

    @AfterEach
    void stop() throws IOException {
        set.forEach(System::clearProperty);
        sts.stop(0);
        proxy.close();
        server.close();
    }

    private Places places(String... settings) {
        return Places.from(Settings.over(ConfigFactory.parseString(String.join("\n", settings)).withFallback(ConfigFactory
                .parseString("places { s3.endpoint = \"" + proxy.endpoint() + "\", timeout = 5s, attempts = 3 }"))));
    }

    private static byte[] read(Places places) throws IOException {
        return Files.readAllBytes(places.path("s3://data/x.bin"));
    }

    private void write(String name, String... lines) throws IOException {
        Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    /** Answers every request with the content, because s3proxy refuses one with a session token. */
    private void answerInPlaceOfTheServer() {
        proxy.meet(number -> new FaultyProxy.Fault(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-5/6\r\nContent-Length: 6\r\n"
                        + "ETag: \"1\"\r\nConnection: close\r\n\r\nsigned",
                -1, Duration.ZERO));
    }

    private void assertRequestsCarry(String token) {
        assertThat(heads).isNotEmpty().allSatisfy(head -> assertThat(head.toLowerCase(Locale.ROOT))
                .contains("\r\nx-amz-security-token: " + token + "\r\n")
                .containsPattern("signedheaders=[^,]*x-amz-security-token")
                .contains("credential=" + EmbeddedS3.ACCESS_KEY + "/"));
    }

    @Test
    void aProfileOfTheSharedFiles() throws IOException {
        write("credentials", "[default]", "aws_access_key_id = nobody", "aws_secret_access_key = nothing", "[work]",
                "aws_access_key_id = " + EmbeddedS3.ACCESS_KEY, "aws_secret_access_key = " + EmbeddedS3.SECRET_KEY);
        write("config", "[profile work]", "region = eu-central-1");
        System.clearProperty("aws.region");
        try (Places places = places("places.s3.profile = work")) {
            assertThat(read(places)).isEqualTo(CONTENT);
            assertThat(heads).allMatch(head -> head.contains("/eu-central-1/s3/aws4_request"));
        }
        set("aws.profile", "work");
        try (Places places = places()) {
            assertThat(read(places)).isEqualTo(CONTENT);
        }
        System.clearProperty("aws.profile");
        try (Places places = places()) {
            assertThatThrownBy(() -> read(places)).isInstanceOf(PlaceException.class).hasMessageContaining("access key");
        }
        try (Places places = places("places.s3.profile = nowhere")) {
            assertThatThrownBy(() -> read(places)).isInstanceOf(PlaceException.class).hasMessageContaining("nowhere");
        }
    }

    @Test
    void keysWithASessionToken() throws IOException {
        answerInPlaceOfTheServer();
        set("aws.accessKeyId", EmbeddedS3.ACCESS_KEY);
        set("aws.secretAccessKey", EmbeddedS3.SECRET_KEY);
        set("aws.sessionToken", TOKEN);
        try (Places places = places()) {
            assertThat(read(places)).isEqualTo(CONTENT);
        }
        assertRequestsCarry(TOKEN);
    }

    @Test
    void aRoleByAWebIdentity() throws IOException {
        answerInPlaceOfTheServer();
        write("token", "a-web-identity");
        for (final Map.Entry<String, String> each : Map.of("aws.webIdentityTokenFile", folder.resolve("token").toString(),
                "aws.roleArn", "arn:aws:iam::123456789012:role/reader", "aws.roleSessionName", "retort").entrySet())
            set(each.getKey(), each.getValue());
        try (Places places = places()) {
            assertThat(read(places)).isEqualTo(CONTENT);
        }
        assertRequestsCarry(TOKEN);
        assertThat(asked).singleElement().asString().contains("WebIdentityToken=a-web-identity")
                .contains("role%2Freader");
    }

    @Test
    void aRoleThatAProfileAssumes() throws IOException {
        answerInPlaceOfTheServer();
        write("credentials", "[base]", "aws_access_key_id = base-key", "aws_secret_access_key = base-secret");
        write("config", "[profile reader]", "role_arn = arn:aws:iam::123456789012:role/reader", "source_profile = base",
                "region = eu-west-1", "[profile base]", "region = eu-west-1");
        try (Places places = places("places.s3.profile = reader")) {
            assertThat(read(places)).isEqualTo(CONTENT);
        }
        assertRequestsCarry(TOKEN);
        assertThat(asked).singleElement().asString().contains("Action=AssumeRole").contains("Credential=base-key/");
    }

    @Test
    void aRoleThatIsDeniedIsNamedWithoutASecret() throws IOException {
        sts.removeContext("/");
        sts.createContext("/", exchange -> {
            final byte[] answer = ("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform"
                    + " sts:AssumeRole</Message></Error></ErrorResponse>").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(403, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        write("credentials", "[base]", "aws_access_key_id = base-key", "aws_secret_access_key = base-secret");
        write("config", "[profile reader]", "role_arn = arn:aws:iam::123456789012:role/reader", "source_profile = base",
                "region = eu-west-1");
        try (Places places = places("places.s3.profile = reader")) {
            assertThatThrownBy(() -> read(places)).isInstanceOf(PlaceException.class)
                    .hasMessageContaining("sts:AssumeRole").hasMessageNotContaining("base-secret");
        }
    }
}
