package retort.trainer.weights;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of matching tensors by name with the places of a model. Any thread.
 *
 * @param fitting tensors with a place of their shape
 * @param missing names of places without a tensor
 * @param unexpected names of tensors without a place
 * @param misshapen names of tensors whose place has another shape or takes another type, each with the difference in words
 */
public record StateDictFit(SortedMap<String, HostTensor> fitting, SortedSet<String> missing, SortedSet<String> unexpected,
        SortedMap<String, String> misshapen) {
    public StateDictFit {
        fitting = Collections.unmodifiableSortedMap(fitting);
        missing = Collections.unmodifiableSortedSet(missing);
        unexpected = Collections.unmodifiableSortedSet(unexpected);
        misshapen = Collections.unmodifiableSortedMap(misshapen);
    }

    /** @param places shape of each place, by name */
    public static StateDictFit of(Map<String, HostTensor> given, Map<String, long[]> places) {
        final SortedMap<String, HostTensor> fitting = new TreeMap<>();
        final SortedSet<String> missing = new TreeSet<>(places.keySet());
        final SortedSet<String> unexpected = new TreeSet<>();
        final SortedMap<String, String> misshapen = new TreeMap<>();
        given.forEach((name, tensor) -> {
            final long[] shape = places.get(name);
            missing.remove(name);
            if (shape == null)
                unexpected.add(name);
            else if (!Arrays.equals(shape, tensor.shape()))
                misshapen.put(name, "has shape " + Arrays.toString(tensor.shape()) + ", its place " + Arrays.toString(shape));
            else if (!tensor.dtype().isWeight())
                misshapen.put(name, "holds " + tensor.dtype() + ", and its place takes F32, F64, F16 or BF16");
            else
                fitting.put(name, tensor);
        });
        return new StateDictFit(fitting, missing, unexpected, misshapen);
    }

    /**
     * This fit without the differences that are allowed by name.
     *
     * @param names names in full, or with {@code *} for any text, such as {@code decoder_*}
     */
    public StateDictFit allowing(Collection<String> names) {
        final List<Pattern> patterns = names.stream().map(StateDictFit::pattern).toList();
        final Predicate<String> refused = name -> patterns.stream().noneMatch(pattern -> pattern.matcher(name).matches());
        final SortedMap<String, String> stillMisshapen = new TreeMap<>(misshapen);
        stillMisshapen.keySet().removeIf(refused.negate());
        return new StateDictFit(fitting, filtered(missing, refused), filtered(unexpected, refused), stillMisshapen);
    }

    /** This fit without some of its missing and some of its unexpected names, each in full or with {@code *} for any text. */
    public StateDictFit allowing(Collection<String> mayBeMissing, Collection<String> mayBeUnexpected) {
        return new StateDictFit(fitting, allowing(mayBeMissing).missing, allowing(mayBeUnexpected).unexpected, misshapen);
    }

    public boolean isWhole() {
        return missing.isEmpty() && unexpected.isEmpty() && misshapen.isEmpty();
    }

    /**
     * Returns the tensors that fit, or refuses them all.
     *
     * @param source origin of the tensors, for the message
     * @param model model that has the places, for the message
     * @param setting key of the setting that allows differences by name, for the message
     * @return the tensors that fit; all their elements are finite
     * @throws WeightsException if there is a difference, or a tensor holds NaN or infinity; the message lists all of them by name
     */
    public SortedMap<String, HostTensor> orRefuse(String source, String model, String setting) {
        return orRefuseWith(source, model, "What may differ is named, or matched with *, in " + setting);
    }

    /**
     * Returns the tensors that fit, for a model whose every tensor takes part in the computation.
     *
     * @throws WeightsException as {@link #orRefuse(String, String, String)}
     */
    public SortedMap<String, HostTensor> orRefuse(String source, String model) {
        return orRefuseWith(source, model, "Each of them takes part in the computation, so none may be left out");
    }

    private SortedMap<String, HostTensor> orRefuseWith(String source, String model, String way) {
        if (isWhole())
            return finite(source);
        final String differences = Stream.of(
                differences("missing", missing), differences("unexpected", unexpected),
                differences("of another shape", misshapen.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList()))
                .filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
        throw new WeightsException("weights from " + source + " do not fit " + model + ": " + differences
                + ". " + way);
    }

    private SortedMap<String, HostTensor> finite(String source) {
        final List<String> broken = fitting.entrySet().stream().filter(each -> each.getValue().firstNotFinite() >= 0)
                .map(each -> each.getKey() + " at element " + each.getValue().firstNotFinite()).toList();
        if (!broken.isEmpty())
            throw new WeightsException("weights from " + source + " hold NaN or infinity: " + String.join(", ", broken)
                    + ". The training that made them diverged, or the file is damaged: take an earlier one");
        return fitting;
    }

    private static String differences(String what, Collection<String> names) {
        return names.isEmpty() ? "" : names.size() + " " + what + ": " + String.join(", ", names);
    }

    private static SortedSet<String> filtered(SortedSet<String> names, Predicate<String> refused) {
        return names.stream().filter(refused).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Pattern pattern(String name) {
        return Pattern.compile(Stream.of(name.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
}
