package retort.evaluator.suite;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.ServiceLoader;
import java.util.Set;
import retort.settings.Identity;
import retort.settings.Section;
import retort.settings.SettingException;
import retort.settings.Settings;

/** The registry of suites: every {@link SuiteFactory} that {@link ServiceLoader} finds on the class path. Any thread may call it. */
public final class Suites {
    private static final String ROOT = "evaluator";

    private Suites() {
    }

    /**
     * All suites by name, in the order of the registry's files.
     *
     * @throws IllegalStateException if two classes give the same name
     */
    public static SequencedMap<String, SuiteFactory> registered() {
        final SequencedMap<String, SuiteFactory> found = new LinkedHashMap<>();
        for (final SuiteFactory factory : ServiceLoader.load(SuiteFactory.class, Suites.class.getClassLoader())) {
            final SuiteFactory other = found.putIfAbsent(factory.description().name(), factory);
            if (other != null)
                throw new IllegalStateException("two suites have the name " + factory.description().name() + ": "
                        + other.getClass().getName() + " and " + factory.getClass().getName() + "; rename one of them");
        }
        return found;
    }

    /**
     * Reads the settings of the suites that {@code names} lists.
     *
     * @param whole settings with their defaults
     * @param names registered names, in the order in which checkpoints are scored
     * @param roles the keys of {@code evaluator.streams}
     * @throws SettingException if a setting of these suites is not allowed, or if no key of {@code roles} names the role of a stream
     */
    public static List<ConfiguredSuite> configured(Config whole, List<String> names, Set<String> roles) {
        final SequencedMap<String, SuiteFactory> registered = registered();
        return names.stream().map(registered::get).map(factory -> {
            final SuiteDescription description = factory.description();
            description.roles().stream().filter(role -> !roles.contains(role)).findFirst().ifPresent(role -> {
                throw new SettingException("suite " + description.name() + " reads a stream of role " + role
                        + ", which no setting names: give evaluator.streams." + role);
            });
            final Section settings = section(whole, description.name());
            final Set<String> incidental = new HashSet<>(description.incidental());
            incidental.addAll(Cadence.KEYS);
            final Suite suite = factory.open(settings);
            return new ConfiguredSuite(description,
                    settings.identity(section(Settings.reference(), description.name()), incidental)
                            .with("", Identity.of(suite.facts())),
                    suite, Cadence.of(settings));
        }).toList();
    }

    /** The section of a suite. Empty for a suite without settings. */
    static Section section(Config whole, String suite) {
        final String path = ROOT + "." + suite;
        return whole.hasPath(path) ? Section.of(whole, path) : new Section(ConfigFactory.empty(), path);
    }
}
