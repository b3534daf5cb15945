package retort.ingest.source;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds the classes of the training images and of the validation images against each other, in whichever order their sources are opened.
 * Each source numbers its classes alone, and the evaluator matches them by name. Any thread.
 */
public final class ClassesTogether {
    private static final String TRAINING = "ingest.source";
    private static final int SHOWN = 10;

    private final Map<String, List<String>> bySetting = new HashMap<>();

    /**
     * Adds the classes of a source that was opened.
     *
     * @param setting the setting that names the source
     * @return one sentence, once two sources are known whose lists of classes differ: what is matched, what is missing, and what cannot be
     *         matched
     */
    public synchronized Optional<String> opened(String setting, List<String> names) {
        if (names.isEmpty() || bySetting.putIfAbsent(setting, names.stream().map(ClassNames::form).toList()) != null)
            return Optional.empty();
        final List<String> training = bySetting.get(TRAINING);
        return training == null
                ? Optional.empty()
                : bySetting.entrySet().stream()
                        .filter(other -> !other.getKey().equals(TRAINING)
                                && (setting.equals(TRAINING) || setting.equals(other.getKey())))
                        .flatMap(other -> sentence(training, other.getKey(), other.getValue()).stream()).findFirst();
    }

    private static Optional<String> sentence(List<String> training, String other, List<String> names) {
        if (names.equals(training))
            return Optional.empty();
        final Set<String> known = new HashSet<>(training);
        final Set<String> there = new HashSet<>(names);
        final List<String> unknown = names.stream().filter(name -> !known.contains(name)).toList();
        final List<String> missing = training.stream().filter(name -> !there.contains(name)).toList();
        final String subject = "classes of " + other + " ";
        if (!unknown.isEmpty())
            return Optional.of(
                    subject + "cannot be matched by name with those of " + TRAINING + ", and the evaluator will not score them: "
                            + some(unknown) + " unknown there, known are " + some(training)
                            + ". Give both sources the same list with classes=FILE");
        if (known.size() < training.size() || there.size() < names.size())
            return Optional.of(subject + "cannot be matched by name with those of " + TRAINING
                    + ", because a name stands twice. Give both sources the same list with classes=FILE");
        return Optional
                .of(subject + "are matched by name with those of " + TRAINING + ": " + names.size() + " of " + training.size()
                        + (missing.isEmpty() ? ", in another order" : ", without images of " + some(missing)));
    }

    private static String some(List<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }
}
