package retort.evaluator.page;

import com.typesafe.config.Config;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import retort.evaluator.history.History;
import retort.evaluator.history.TopicFollower;
import retort.kafka.Broker;
import retort.settings.HostPort;
import retort.settings.SettingException;
import retort.thread.Worker;

/** The page of a process, from the readers of its topics to its socket. Any thread starts and closes it. The caller closes it. */
public final class PageServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_LINE = 4096;
    private static final int MOST_HEADERS = 8192;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration REQUEST = Duration.ofSeconds(10);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final AtomicInteger connections = new AtomicInteger();
    private final LoopResources loop = LoopResources.create("retort-page-http", 1, 1, true, false);
    private final Worker worker = Worker.named("retort-page");
    private final PageSettings settings;
    private final DisposableServer server;
    private final TopicFollower follower;

    private PageServer(Config config, PageSettings settings) {
        this.settings = settings;
        final Broker broker = Broker.from(config);
        final History history = new History(Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
        try {
            this.server = HttpServer.create().bindAddress(() -> settings.address().resolved()).runOn(loop, false)
                    .idleTimeout(IDLE).requestTimeout(REQUEST)
                    .httpRequestDecoder(limits -> limits.maxInitialLineLength(MOST_LINE).maxHeaderSize(MOST_HEADERS))
                    .doOnChannelInit((observer, channel, address) -> admit(channel))
                    .handle(new Routes(settings, history, worker, broker)).bindNow();
        } catch (RuntimeException e) {
            loop.dispose();
            worker.close();
            throw new SettingException("page.address", settings.address(),
                    "must be an address of this machine that no other process listens at (" + e.getMessage()
                            + "); port 0 takes a free one, and page.enabled = false serves nothing");
        }
        this.follower = new TopicFollower(broker, history, worker);
    }

    /**
     * Starts a server if {@code page.enabled} is true. Returns before a broker is reached.
     *
     * @throws SettingException if a setting is not allowed, or if the address cannot be listened at
     */
    public static Optional<PageServer> start(Config config) {
        final PageSettings settings = PageSettings.from(config);
        return settings.enabled() ? Optional.of(new PageServer(config, settings)) : Optional.empty();
    }

    private void admit(Channel channel) {
        if (connections.incrementAndGet() > MOST_CONNECTIONS)
            channel.close().addListener(closed -> LOG.debug("a connection too many was refused"));
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
    }

    /** The address that the server listens at, with its real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address();
    }

    /** The address of the page for people. */
    public String url() {
        return HostPort.url(address(), settings.prefix() + "/");
    }

    /** Ends the readers, cuts every client off and frees the port. */
    @Override
    public void close() {
        follower.close();
        server.disposeNow(CLOSING);
        worker.close(CLOSING);
        loop.disposeLater(Duration.ZERO, CLOSING).block(CLOSING.plus(CLOSING));
    }
}
