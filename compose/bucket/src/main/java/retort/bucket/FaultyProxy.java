package retort.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Passes the requests of HTTP/1.1 on to one server. Each request may meet a fault, which a function of its number chooses. One
 * connection carries one request, so that faults are counted. Any thread.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final int MOST_HEAD = 1 << 16;
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d{1,18})\r\n");

    private final ServerSocket listening;
    private final URI target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Object writing = new Object();
    private volatile IntFunction<Fault> faults = number -> Fault.NONE;
    private volatile Consumer<String> watching = head -> {
    };
    private volatile @Nullable EmbeddedS3 conditional;

    /**
     * A fault of one request.
     *
     * @param answer an answer that is sent without asking the server; empty for none
     * @param cutAfter bytes of the server's answer, its header included, after which the connection is cut; -1 for none
     * @param delay time before the server is asked
     */
    public record Fault(String answer, long cutAfter, Duration delay) {
        public static final Fault NONE = new Fault("", -1, Duration.ZERO);
        public static final Fault SLOW_DOWN = status(503, "SlowDown", "Please reduce your request rate.");

        public static Fault cutAfter(long bytes) {
            return new Fault("", bytes, Duration.ZERO);
        }

        public static Fault delay(Duration time) {
            return new Fault("", -1, time);
        }

        /** An error as S3 answers it. */
        public static Fault status(int status, String code, String message, String... headers) {
            final String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code><Message>" + message
                    + "</Message><RequestId>1</RequestId></Error>";
            return new Fault("HTTP/1.1 " + status + " Fault\r\nContent-Type: application/xml\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n"
                    + String.join("", java.util.Arrays.stream(headers).map(h -> h + "\r\n").toList())
                    + "\r\n" + body, -1, Duration.ZERO);
        }
    }

    private FaultyProxy(URI target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    }

    /** @param target {@code http://HOST:PORT} */
    public static FaultyProxy before(URI target) {
        try {
            final FaultyProxy proxy = new FaultyProxy(target);
            Thread.ofVirtual().name("faulty-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Honours {@code If-None-Match: *} of a PUT, as Amazon S3 does and s3proxy 2.6.0 does not: 412 if there is such an object. Such
     * requests are passed on one after another.
     *
     * @param server the server behind this proxy, with its buckets in the path
     */
    public FaultyProxy withConditionalWrites(EmbeddedS3 server) {
        conditional = server;
        return this;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** @param faults the fault of a request by its number, which counts from 0 with each call of this method */
    public void meet(IntFunction<Fault> faults) {
        requests.set(0);
        this.faults = faults;
    }

    /** Receives the request line and the headers of each request. */
    public void watch(Consumer<String> heads) {
        watching = heads;
    }

    /** Number of requests since the last {@link #meet}. */
    public int requests() {
        return requests.get();
    }

    /** Bytes of all answers. */
    public long bytes() {
        return bytes.get();
    }

    private void accept() {
        while (!listening.isClosed())
            try {
                final Socket client = listening.accept();
                open.add(client);
                Thread.ofVirtual().name("faulty-proxy-request").start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
    }

    private void serve(Socket client) {
        try (client) {
            final String head = head(client.getInputStream());
            if (head.isEmpty())
                return;
            watching.accept(head);
            final Fault fault = faults.apply(requests.getAndIncrement());
            if (!fault.answer().isEmpty()) {
                refuse(client, head, fault);
                return;
            }
            Thread.sleep(fault.delay());
            final long most = fault.cutAfter() < 0 ? Long.MAX_VALUE : fault.cutAfter();
            final EmbeddedS3 server = conditional;
            if (server == null || !isConditional(head)) {
                pass(client, head, most);
                return;
            }
            synchronized (writing) {
                if (isThere(server, head))
                    refuse(client, head,
                            Fault.status(412, "PreconditionFailed", "At least one of the preconditions did not hold"));
                else
                    pass(client, head, most);
            }
        } catch (IOException | InterruptedException e) {
            // the client or the server has gone
        } finally {
            open.remove(client);
        }
    }

    /** Reads the request's body first, unless the client waits for the answer before it sends one. */
    private static void refuse(Socket client, String head, Fault fault) throws IOException {
        final Matcher length = CONTENT_LENGTH.matcher(head);
        if (length.find() && !head.toLowerCase(Locale.ROOT).contains("\r\nexpect:"))
            client.getInputStream().skipNBytes(Long.parseLong(length.group(1)));
        client.getOutputStream().write(fault.answer().getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
        client.shutdownOutput();
    }

    private static boolean isConditional(String head) {
        return head.startsWith("PUT ") && head.toLowerCase(Locale.ROOT).contains("\r\nif-none-match: *\r\n");
    }

    private static boolean isThere(EmbeddedS3 server, String head) {
        final String path = URI.create(head.split(" ", 3)[1]).getPath();
        final int slash = path.indexOf('/', 1);
        return server.has(path.substring(1, slash), path.substring(slash + 1));
    }

    private void pass(Socket client, String head, long most) throws IOException {
        try (Socket server = new Socket(target.getHost(), target.getPort())) {
            open.add(server);
            server.getOutputStream().write(head.replaceFirst("(?i)\r\nConnection: [^\r]*", "")
                    .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            final Thread up = Thread.ofVirtual().start(() -> copy(client, server));
            final byte[] some = new byte[1 << 14];
            long left = most;
            final InputStream answer = server.getInputStream();
            final OutputStream out = client.getOutputStream();
            while (left > 0) {
                final int n = answer.read(some, 0, (int) Math.min(some.length, left));
                if (n < 0)
                    break;
                out.write(some, 0, n);
                left -= n;
                bytes.addAndGet(n);
            }
            if (left == 0)
                client.setSoLinger(true, 0); // a reset, as from a router that forgot the connection
            up.interrupt();
            open.remove(server);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // the other direction has ended
        }
    }

    /** The request line and the headers. */
    private static String head(InputStream in) throws IOException {
        final StringBuilder head = new StringBuilder();
        while (head.length() < MOST_HEAD && !head.toString().endsWith("\r\n\r\n")) {
            final int c = in.read();
            if (c < 0)
                return "";
            head.append((char) c);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (final Socket socket : open)
            socket.close();
    }
}
