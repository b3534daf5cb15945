package retort.compose.study;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.evaluator.suite.Figure;
import retort.evaluator.suite.SuiteFactory;
import retort.evaluator.suite.Suites;
import retort.settings.Nearest;
import retort.settings.SettingException;

/**
 * A figure that a study compares: {@code RUN/SUITE.METRIC}, or {@code RUN@STEP/SUITE.METRIC}.
 *
 * @param run name of the run in {@code study.runs}
 * @param step the checkpoint that is measured; empty for the last one
 */
record StudyFigure(String run, OptionalLong step, String suite, String metric) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]+)(?:@(\\d{1,18}))?/([^./]+)\\.(.+)");

    /** @param runs the names in {@code study.runs} */
    static StudyFigure parse(String text, Set<String> runs) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches())
            throw new SettingException("study.figures", text,
                    "must be RUN/SUITE.METRIC, such as student/knn.top1, or RUN@STEP/SUITE.METRIC");
        if (!runs.contains(matcher.group(1)))
            throw new SettingException("study.figures", text, "names run " + matcher.group(1) + ", which is none of study.runs"
                    + Nearest.to(matcher.group(1), runs) + ": there are " + runs);
        final Set<String> suites = Suites.registered().keySet();
        if (!suites.contains(matcher.group(3)))
            throw new SettingException("study.figures", text, "names suite " + matcher.group(3) + ", which is unknown"
                    + Nearest.to(matcher.group(3), suites) + ": there are " + suites);
        return new StudyFigure(matcher.group(1),
                matcher.group(2) == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(matcher.group(2))),
                matcher.group(3), matcher.group(4));
    }

    /** The direction in which it improves; empty if it is not the headline figure of its suite. */
    Optional<Figure.Better> better() {
        return Optional.ofNullable(Suites.registered().get(suite)).map(SuiteFactory::description)
                .filter(known -> known.figure().metric().equals(metric)).map(known -> known.figure().better());
    }

    /** A name for files. */
    String fileName() {
        return toString().replace('/', '-').replace('@', '-').replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** True if {@code other} is another figure, and its plot would have the same file. */
    boolean hasPlotOf(StudyFigure other) {
        return !equals(other) && fileName().equalsIgnoreCase(other.fileName());
    }

    @Override
    public String toString() {
        return run + (step.isPresent() ? "@" + step.getAsLong() : "") + "/" + suite + "." + metric;
    }
}
