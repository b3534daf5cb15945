package retort.metrics;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The state of the services in this process. It belongs to the process, as Micrometer's global registry does, because one address serves
 * it for all services of the process. Any thread.
 */
public final class Health {
    /** The services by name. The value is what the service waits for; empty if it works. */
    private static final Map<String, Optional<String>> PARTIES = new ConcurrentHashMap<>();

    private Health() {
    }

    /**
     * Notes that a service cannot work yet.
     *
     * @param party name of the service, such as {@code run student}
     * @param awaited what it waits for, in words
     */
    public static void waits(String party, String awaited) {
        PARTIES.put(party, Optional.of(awaited));
    }

    /** Notes that a service works, or has done its work. */
    public static void works(String party) {
        PARTIES.put(party, Optional.empty());
    }

    /** Forgets a service that is closed. */
    public static void left(String party) {
        PARTIES.remove(party);
    }

    /** @return true if there is a service and none waits */
    static boolean isReady() {
        return !PARTIES.isEmpty() && waiting().isEmpty();
    }

    /** The services that wait, each with the reason in words. */
    static SortedMap<String, String> waiting() {
        final SortedMap<String, String> waiting = new TreeMap<>();
        PARTIES.forEach((party, awaited) -> awaited.ifPresent(what -> waiting.put(party, what)));
        return waiting;
    }
}
