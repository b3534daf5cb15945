package retort.trainer.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.settings.SettingException;

/** The listeners that factories have made for one run, each behind an {@link Observer}. */
record Observers(List<Observer> all) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    Observers {
        all = List.copyOf(all);
    }

    /**
     * The listeners that every registered factory makes for a run. A factory that fails is left out with a warning.
     *
     * @throws SettingException if a factory says that a setting is wrong
     */
    static Observers of(ListenedRun run) {
        final List<Observer> all = new ArrayList<>();
        for (final RunListenerFactory factory : ServiceLoader.load(RunListenerFactory.class, Observers.class.getClassLoader()))
            create(factory, run)
                    .ifPresent(listener -> all.add(new Observer(factory.name(), run.run().name(), listener, CLOSE_WAIT)));
        return new Observers(all);
    }

    private static Optional<RunListener> create(RunListenerFactory factory, ListenedRun run) {
        try {
            return factory.create(run);
        } catch (SettingException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("run {} goes without listener {}, which cannot be made", run.run().name(), factory.name(), e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        all.forEach(Observer::close);
    }
}
