package retort.evaluator.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import retort.record.Confusion;

/**
 * Collects the answers of a classifier and computes its figures: accuracies, loss, calibration, and confusions of classes. Classes are
 * ranked by logit. Of two equal logits the lower class ranks first. Not thread-safe.
 */
final class Answers {
    static final String TOP1 = "top1";
    private static final int CONFUSIONS = 10;

    private final List<String> names;
    private final int classes;
    private final long[] imagesOfClass;
    private final long[] rightOfClass;
    private final Map<Pair, Long> confused = new TreeMap<>(
            Comparator.comparingInt(Pair::label).thenComparingInt(Pair::answer));
    private final Calibration calibration = new Calibration();
    private long images;
    private long first;
    private long firstFive;
    private double loss;

    /** A class and another class that was answered instead. */
    private record Pair(int label, int answer) {
    }

    /**
     * @param names names of the classes by index; names of the last classes may be missing
     * @param classes number of logits of an image
     */
    Answers(List<String> names, int classes) {
        this.names = names;
        this.classes = classes;
        this.imagesOfClass = new long[classes];
        this.rightOfClass = new long[classes];
    }

    /**
     * Adds the images that have a label.
     *
     * @param labels right class of each image, negative for an image without a label; shape (N)
     * @param logits shape (N, classes), row-major
     */
    void add(int[] labels, float[] logits) {
        for (int i = 0; i < labels.length; i++)
            if (labels[i] >= 0)
                add(labels[i], logits, i * classes);
    }

    private void add(int label, float[] logits, int from) {
        final float own = logits[from + label];
        int answer = 0;
        int before = 0; // classes that rank before the right one
        for (int c = 0; c < classes; c++) {
            final float other = logits[from + c];
            if (other > logits[from + answer])
                answer = c;
            if (other > own || other == own && c < label)
                before++;
        }
        final double greatest = logits[from + answer];
        double sum = 0;
        for (int c = 0; c < classes; c++)
            sum += Math.exp(logits[from + c] - greatest);
        loss += Math.log(sum) + greatest - own;
        calibration.add(1 / sum, before == 0);
        first += before == 0 ? 1 : 0;
        firstFive += before < 5 ? 1 : 0;
        images++;
        imagesOfClass[label]++;
        if (before == 0)
            rightOfClass[label]++;
        else
            confused.merge(new Pair(label, answer), 1L, Long::sum);
    }

    /**
     * The figures {@code top1}, {@code top5} (with more than five classes), {@code loss} and {@code ece}, together with accuracies by class
     * and the ten most frequent confusions.
     *
     * @param figure name of the loss in the error message
     * @throws CheckpointRefusedException if no image has a label, or if the loss is not finite
     */
    Score score(String figure) {
        if (images == 0)
            throw new CheckpointRefusedException("no validation image has a label");
        if (!Double.isFinite(loss))
            throw new CheckpointRefusedException("its " + figure + " is " + loss);
        final Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(TOP1, (double) first / images);
        if (classes > 5)
            metrics.put("top5", (double) firstFive / images);
        metrics.put("loss", loss / images);
        metrics.put("ece", calibration.error());
        return new Score(metrics, images, accuracies(), confusions());
    }

    private Map<String, Double> accuracies() {
        final Map<String, Double> accuracies = new LinkedHashMap<>();
        for (int label = 0; label < classes; label++)
            if (imagesOfClass[label] > 0)
                accuracies.put(unique(label), (double) rightOfClass[label] / imagesOfClass[label]);
        return accuracies;
    }

    /** The most frequent pairs, most frequent first. Equally frequent pairs are in the order of their classes. */
    private List<Confusion> confusions() {
        final List<Map.Entry<Pair, Long>> pairs = new ArrayList<>(confused.entrySet());
        pairs.sort(Map.Entry.<Pair, Long>comparingByValue().reversed());
        return pairs.stream().limit(CONFUSIONS).map(pair -> Confusion.newBuilder().setLabel(unique(pair.getKey().label()))
                .setAnswer(unique(pair.getKey().answer())).setImages(pair.getValue()).build()).toList();
    }

    /** The name of a class. Its number is added if two classes have the same name, and replaces the name if the class has none. */
    private String unique(int label) {
        if (label >= names.size())
            return "(" + label + ")";
        final String name = names.get(label);
        return names.indexOf(name) == names.lastIndexOf(name) ? name : name + " (" + label + ")";
    }
}
