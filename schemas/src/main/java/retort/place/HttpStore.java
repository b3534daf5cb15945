package retort.place;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import retort.settings.Secrets;

/**
 * A web server. A bearer token is sent to the host that the settings name with it, over https or to this machine. It never follows a
 * redirect to another host. Any thread.
 */
final class HttpStore implements Store {
    private static final int MOST_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> BUSY = Set.of(408, 425, 429, 500, 502, 503, 504);

    private final String root;
    private final Map<String, String> tokens;
    private final int timeoutMillis;

    /** @param root {@code https://HOST:PORT/} */
    HttpStore(String root, PlaceSettings settings) {
        this.root = root;
        this.tokens = settings.tokens();
        this.timeoutMillis = Math.toIntExact(settings.timeout().toMillis());
    }

    @Override
    public String root() {
        return root;
    }

    @Override
    public boolean hasFolders() {
        return false;
    }

    @Override
    public String shown(String key) {
        return Secrets.withoutPasswords(root + key);
    }

    @Override
    public Page list(String folder, Optional<String> token) {
        throw new PlaceException(shown(folder) + " cannot be listed, because a web server lists nothing: name each file, such as "
                + "https://HOST/train-{00..15}.tar", null);
    }

    @Override
    public Body get(String key, long from, long to, Optional<String> version) throws IOException {
        final HttpURLConnection connection = answered(key, from, to, version);
        final int status = connection.getResponseCode();
        final FileTime modified = FileTime.fromMillis(connection.getLastModified());
        if (status == HttpURLConnection.HTTP_OK || status == HttpURLConnection.HTTP_PARTIAL)
            return body(key, connection, modified, from == 0 && to == Long.MAX_VALUE);
        final String range = connection.getHeaderField("Content-Range");
        final String retryAfter = connection.getHeaderField("Retry-After");
        final boolean authorized = connection.getURL().getHost().equalsIgnoreCase(URI.create(root).getHost())
                && token(URI.create(root)).isPresent();
        connection.disconnect();
        if (status == 416)
            return new Body(new ByteArrayInputStream(new byte[0]), from, from, ContentRange.size(range, from),
                    version(connection),
                    modified, true);
        if (BUSY.contains(status))
            throw new BusyException("the server answers " + status, RetryAfter.parse(retryAfter, Instant.now()),
                    new IOException("status " + status));
        if (status == HttpURLConnection.HTTP_NOT_FOUND || status == HttpURLConnection.HTTP_GONE)
            throw new NoSuchFileException(shown(key));
        throw new PlaceException(shown(key) + " cannot be read: " + reason(status, authorized), null);
    }

    private String reason(int status, boolean authorized) {
        final String host = URI.create(root).getAuthority();
        return switch (status) {
            case 401 -> authorized
                    ? "the server refuses the token of places.https.tokens for " + host + ": give a valid one"
                    : "the server asks for a token: set places.https.tokens.\"" + host + "\" to file:PATH or ${NAME}";
            case 403 -> "access is denied: a signed address may have expired, or the token"
                    + (authorized ? " may not read it" : " is missing (places.https.tokens.\"" + host + "\")");
            case 412 ->
                "it was replaced since it was first read: start again with the new file, under another stream name, or put the "
                        + "old one back";
            default -> "the server answers " + status;
        };
    }

    private Body body(String key, HttpURLConnection connection, FileTime modified, boolean wholeWanted) throws IOException {
        final boolean partial = connection.getResponseCode() == HttpURLConnection.HTTP_PARTIAL;
        final ContentRange sent = ContentRange.of(partial ? connection.getHeaderField("Content-Range") : null,
                connection.getContentLengthLong());
        if (sent.total() < 0) {
            connection.disconnect();
            throw new PlaceException(
                    shown(key) + " cannot be read: the server does not tell its length: fetch it to a disk first",
                    null);
        }
        return new Body(new Answer(connection.getInputStream(), sent.to() - sent.from(), connection::disconnect), sent.from(),
                sent.to(), sent.total(), version(connection), modified, partial || wholeWanted);
    }

    /** Follows redirects. The caller disconnects. */
    private HttpURLConnection answered(String key, long from, long to, Optional<String> version) throws IOException {
        URI at = URI.create(root + encoded(key));
        final URI first = at;
        boolean sameHost = true;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            final HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(timeoutMillis);
            connection.setReadTimeout(timeoutMillis);
            connection.setUseCaches(false);
            connection.setRequestProperty("Range", "bytes=" + from + "-" + (to == Long.MAX_VALUE ? "" : to - 1));
            connection.setRequestProperty("Accept-Encoding", "identity"); // a file is wanted as it lies there
            connection.setRequestProperty("User-Agent", "retort");
            version.filter(HttpStore::isStrong).ifPresent(tag -> connection.setRequestProperty("If-Match", tag));
            if (sameHost)
                token(at).ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
            final int status;
            try {
                status = connection.getResponseCode();
            } catch (IOException e) {
                connection.disconnect();
                if (Certificates.isRefused(e))
                    throw new PlaceException(shown(key) + " cannot be read: " + Certificates.sentence(at.getAuthority(), e), e);
                throw new BusyException(first.getAuthority() + " cannot be reached or broke off: " + e, Duration.ZERO, e);
            }
            if (!REDIRECTS.contains(status))
                return connection;
            final @Nullable String location = connection.getHeaderField("Location");
            connection.disconnect();
            at = redirected(key, at, location);
            sameHost &= origin(at).equals(origin(first));
        }
        throw new PlaceException(shown(key) + " cannot be read: the server redirects in a circle", null);
    }

    private URI redirected(String key, URI from, @Nullable String location) {
        try {
            final URI to = from.resolve(URI.create(location == null ? "" : location));
            if (location == null || to.getHost() == null)
                throw new IllegalArgumentException("no host");
            if (from.getScheme().equals("https") && !to.getScheme().equals("https"))
                throw new PlaceException(
                        shown(key) + " cannot be read: the server redirects from https to " + to.getScheme() + "://"
                                + to.getAuthority() + ", where anyone may change the data: ask for an address with https",
                        null);
            if (!Set.of("http", "https").contains(to.getScheme()))
                throw new IllegalArgumentException("scheme " + to.getScheme());
            return to;
        } catch (IllegalArgumentException e) {
            throw new PlaceException(shown(key) + " cannot be read: the server redirects to an address that is none", e);
        }
    }

    /** The token for a host, if it may be sent there. */
    private Optional<String> token(URI to) {
        final boolean safe = to.getScheme().equals("https") || Set.of("localhost", "127.0.0.1", "[::1]").contains(to.getHost());
        final String authority = to.getAuthority().toLowerCase(Locale.ROOT);
        final String host = to.getHost().toLowerCase(Locale.ROOT);
        return safe
                ? Optional.ofNullable(tokens.get(authority)).or(() -> Optional.ofNullable(tokens.get(host)))
                : Optional.empty();
    }

    private static String origin(URI uri) {
        final int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
        return uri.getScheme() + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    private static String version(HttpURLConnection connection) {
        final String tag = connection.getHeaderField("ETag");
        final String modified = connection.getHeaderField("Last-Modified");
        return tag != null ? tag : modified != null ? modified : "";
    }

    private static boolean isStrong(String version) {
        return version.startsWith("\"");
    }

    /** Percent-encodes what may not stand in an address. What is encoded already stays. */
    private static String encoded(String key) {
        final StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < key.length();) {
            final int c = key.codePointAt(i);
            final String letter = Character.toString(c);
            i += letter.length();
            final boolean escape = c == '%' && key.substring(i).matches("(?s)[0-9A-Fa-f]{2}.*");
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~!$&'()*+,;=:@/?".indexOf(c) >= 0) || escape)
                encoded.append(letter);
            else
                for (final byte value : letter.getBytes(StandardCharsets.UTF_8))
                    encoded.append(String.format(Locale.ROOT, "%%%02X", value & 0xFF));
        }
        return encoded.toString();
    }
}
