package retort.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP link between clients and a broker on the loopback interface, which tests cut, delay and silence. Any thread may call it. Each
 * connection has two virtual threads.
 */
public final class Link implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;

    private final ServerSocket server;
    private final int brokerPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile State state = State.PASSING;
    private volatile Duration delay = Duration.ZERO;

    private enum State {
        /** Bytes pass in both directions. */
        PASSING,
        /** Connections are accepted and stay open, and every byte is lost. */
        SILENT,
        /** Connections are accepted and closed at once. */
        CLOSING
    }

    private Link(ServerSocket server, int brokerPort) {
        this.server = server;
        this.brokerPort = brokerPort;
    }

    /** A link to a port of 127.0.0.1 on which nobody needs to listen yet. */
    public static Link to(int brokerPort) {
        try {
            final Link link = new Link(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), brokerPort);
            Thread.ofVirtual().name("link").start(link::accept);
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A link to a port that is free now. {@link BrokerProcess#behind} lets a broker listen there. */
    public static Link toFreePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return to(free.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address for clients, as {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** True if a client is connected. */
    public boolean isUsed() {
        return !open.isEmpty();
    }

    int brokerPort() {
        return brokerPort;
    }

    /** Holds every chunk of bytes back for this time, in both directions. */
    public void delay(Duration time) {
        delay = time;
    }

    /** From now on every byte is lost, and all connections stay open: a half-open link. */
    public void silence() {
        state = State.SILENT;
    }

    /** From now on connections are accepted and closed at once. Present connections are cut. */
    public void refuse() {
        state = State.CLOSING;
        cut();
    }

    /** Lets bytes pass again. Connections that have lost bytes are cut. */
    public void restore() {
        if (state == State.SILENT)
            refuse();
        state = State.PASSING;
    }

    /** Cuts every present connection, with a reset. */
    public void cut() {
        open.forEach(Link::reset);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                final Socket client = server.accept();
                if (state == State.CLOSING)
                    reset(client);
                else
                    connect(client);
            } catch (IOException e) {
                // the link is closed, or this one connection has failed
            }
        }
    }

    private void connect(Socket client) {
        open.add(client);
        if (state == State.SILENT) // it is cut when the link is restored
            return;
        Thread.ofVirtual().name("link").start(() -> {
            try {
                final Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
                open.add(broker);
                Thread.ofVirtual().name("link").start(() -> pass(broker, client));
                pass(client, broker);
            } catch (IOException e) {
                reset(client);
            }
        });
    }

    private void pass(Socket from, Socket to) {
        final byte[] chunk = new byte[CHUNK_BYTES];
        try {
            final InputStream in = from.getInputStream();
            final OutputStream out = to.getOutputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                final Duration wait = delay;
                if (!wait.isZero())
                    Thread.sleep(wait);
                if (state == State.PASSING) {
                    out.write(chunk, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // the other direction ends with it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reset(from);
        reset(to);
        open.remove(from);
        open.remove(to);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is closed already
        }
    }
}
