package retort.evaluator.suite;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.record.Stream;

/**
 * The classes of a scored stream, matched by name with the classes that a model or a bank can answer. Matching by name is necessary,
 * because the numbers of two sources differ if one source lacks a class. Immutable, so any thread may use it.
 */
final class ClassMatch {
    private static final int MOST_NAMES = 10;

    private final Stream scored;
    private final String summary;
    private final int[] answers; // by label of the scored stream

    private ClassMatch(Stream scored, String summary, int[] answers) {
        this.scored = scored;
        this.summary = summary;
        this.answers = answers;
    }

    /**
     * Matches names. Two equal lists match index by index, even if a name occurs twice.
     *
     * @param theirs names of the classes that can be answered, by index
     * @param whose owner of these names in messages, such as {@code stream probe}
     * @throws CheckpointRefusedException if a class of {@code scored} is not known, or if a name occurs twice and the lists differ
     */
    static ClassMatch of(Stream scored, List<String> theirs, String whose) {
        final List<String> names = scored.getClassNames().stream().map(ClassMatch::form).toList();
        final List<String> known = theirs.stream().map(ClassMatch::form).toList();
        final int[] answers = new int[names.size()];
        final Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < known.size(); i++)
            byName.put(known.get(i), i);
        final List<String> unknown = names.stream().filter(name -> !byName.containsKey(name)).toList();
        if (!unknown.isEmpty())
            throw new CheckpointRefusedException("stream " + scored.getName() + " has classes that " + whose + " has not: "
                    + some(unknown) + "; known there are " + some(known) + "; give both sources the same names of classes");
        final boolean same = names.equals(known);
        if (!same)
            twice(names).or(() -> twice(known)).ifPresent(name -> {
                throw new CheckpointRefusedException("classes of stream " + scored.getName() + " cannot be matched with those of "
                        + whose + " by name: the name " + name + " stands twice; give every class its own name");
            });
        for (int label = 0; label < answers.length; label++)
            answers[label] = same ? label : byName.getOrDefault(names.get(label), -1);
        return new ClassMatch(scored, summary(scored, names, known, whose), answers);
    }

    /** One sentence with the number of matched classes and the classes that have no images to score. */
    String summary() {
        return summary;
    }

    /**
     * The class that is the right answer.
     *
     * @param label label of an image of the scored stream
     * @param sample id of that image
     * @return its index among the known classes; -1 for an image without a label
     * @throws CheckpointRefusedException if the label has no name
     */
    int answer(int label, long sample) {
        if (label >= answers.length)
            throw new CheckpointRefusedException("image " + sample + " of stream " + scored.getName() + " has label " + label
                    + ", but the stream names only " + answers.length + " classes");
        return label < 0 ? -1 : answers[label];
    }

    /** The right answers for several images. */
    int[] answers(int[] labels, long[] samples) {
        final int[] translated = new int[labels.length];
        for (int i = 0; i < labels.length; i++)
            translated[i] = answer(labels[i], samples[i]);
        return translated;
    }

    /** macOS writes an accent as a code point of its own and Linux does not, and both are the same name to a person. Case counts. */
    private static String form(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    private static String summary(Stream scored, List<String> names, List<String> known, String whose) {
        final Set<String> there = new HashSet<>(names);
        final List<String> missing = known.stream().filter(name -> !there.contains(name)).toList();
        return "classes of stream " + scored.getName() + " were matched by name with those of " + whose + ": "
                + scored.getClassNames().size() + " of " + known.size()
                + (missing.isEmpty() ? "" : ", without images of " + some(missing));
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)))
                + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
    }

    private static Optional<String> twice(List<String> names) {
        final Set<String> seen = new HashSet<>();
        return names.stream().filter(name -> !seen.add(name)).findFirst();
    }
}
