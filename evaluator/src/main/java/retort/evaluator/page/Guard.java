package retort.evaluator.page;

import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.netty.http.server.HttpServerRequest;
import retort.digest.Sha256;

/**
 * Decides who is answered. Reads alone are answered. Without a token, a request has to name the page by a name of this machine or one of
 * {@code page.hosts}, because a foreign page whose name is made to point here (DNS rebinding) sends its own name. With a token, it comes in
 * the header Authorization, or in the cookie that {@link #welcome} gives for {@code ?token=}. Immutable, so any thread may use it.
 */
final class Guard {
    private static final String COOKIE = "retort-page";
    private static final String BEARER = "Bearer ";
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int UNAUTHORIZED = 401;

    private final PageSettings settings;
    /** The value of the cookie, from which nobody can tell the token. */
    private final Optional<String> cookie;

    Guard(PageSettings settings) {
        this.settings = settings;
        this.cookie = settings.token().map(token -> digest("cookie of the page " + token));
    }

    /** The refusal of a request; empty if it is answered. {@code needsToken} is false for the health of the server alone. */
    Optional<Answer> refuse(HttpServerRequest request, boolean needsToken) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD))
            return Optional.of(Answer.error(405, "only GET and HEAD are answered").with("Allow", "GET, HEAD"));
        if (!isNamed(request))
            return Optional
                    .of(Answer.error(421, "this page does not answer to the name in the header Host: call it by localhost, or "
                            + "add the name to page.hosts"));
        if (needsToken && !isKnown(request))
            return Optional
                    .of(Answer.error(UNAUTHORIZED, "a token is needed: open the page with ?token=TOKEN, or send the header "
                            + "Authorization: Bearer TOKEN").with("WWW-Authenticate", "Bearer"));
        return Optional.empty();
    }

    private boolean isNamed(HttpServerRequest request) {
        if (settings.token().isPresent() && settings.hosts().isEmpty())
            return true;
        final String host = Optional.ofNullable(request.requestHeaders().get("Host")).orElse("").toLowerCase(Locale.ROOT)
                .replaceFirst(":\\d{1,5}$", "");
        return THIS_MACHINE.contains(host) || settings.hosts().contains(host)
                || host.equals(settings.address().host().toLowerCase(Locale.ROOT));
    }

    private boolean isKnown(HttpServerRequest request) {
        if (settings.token().isEmpty())
            return true;
        final String header = Optional.ofNullable(request.requestHeaders().get("Authorization")).orElse("");
        if (header.startsWith(BEARER) && isToken(header.substring(BEARER.length())))
            return true;
        return request.cookies().values().stream().flatMap(Set::stream).filter(each -> each.name().equals(COOKIE))
                .anyMatch(each -> isSame(each.value(), cookie.orElseThrow()));
    }

    private boolean isToken(String given) {
        return settings.token().filter(token -> isSame(given, token)).isPresent();
    }

    /** Compares digests in a time that does not depend on where they differ. */
    private static boolean isSame(String given, String expected) {
        return MessageDigest.isEqual(bytes(digest(given)), bytes(digest(expected)));
    }

    private static String digest(String text) {
        return Sha256.of(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The answer to {@code ?token=}: the right token is changed for a cookie, so that it stays neither in the address bar nor in the
     * history of the browser. Empty if the token is wrong, or if the page has none.
     */
    Optional<Answer> welcome(String given) {
        if (!isToken(given))
            return Optional.empty();
        return Optional.of(new Answer(303, "text/plain; charset=utf-8", new byte[0], Map.of("Location", settings.prefix() + "/",
                "Cache-Control", "no-store", "Set-Cookie", COOKIE + "=" + cookie.orElseThrow() + "; Path=" + settings.prefix()
                        + "/; HttpOnly; SameSite=Lax")));
    }
}
