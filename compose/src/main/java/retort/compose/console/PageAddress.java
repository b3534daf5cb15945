package retort.compose.console;

import com.typesafe.config.Config;
import java.util.Optional;
import retort.evaluator.page.PageServer;

/** The page of a process while a command runs. Prints the address, because it may have been chosen by the system. */
public record PageAddress(Optional<PageServer> server) implements AutoCloseable {
    /**
     * Serves the page if the settings ask for it.
     *
     * @throws retort.settings.SettingException if a setting is not allowed, or if the address cannot be listened at
     */
    public static PageAddress serve(Config config) {
        final Optional<PageServer> server = PageServer.start(config);
        server.map(PageServer::url).ifPresent(url -> System.out.println("page " + url));
        return new PageAddress(server);
    }

    @Override
    public void close() {
        server.ifPresent(PageServer::close);
    }
}
