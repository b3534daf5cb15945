package retort.ingest.source.webdataset;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import retort.ingest.source.ImageNames;
import retort.ingest.source.LabelNames;
import retort.ingest.source.SourceLocation;

/**
 * The keys under which a sample has its image and its label. A key is the part of a member's last name after its first dot, in lower
 * case, as in WebDataset.
 *
 * @param images keys of the image, the first choice first
 * @param labels keys of a member with the label alone, the first choice first
 * @param fields names of the label in a JSON member, the first choice first
 */
record Keys(List<String> images, List<String> labels, List<String> fields) {
    /** WebDataset's own key comes before the names that other data sets use. */
    private static final List<String> LABELS = Stream
            .concat(Stream.of("cls"), LabelNames.USUAL.stream().filter(name -> !name.equals("cls"))).toList();

    /** {@code base_plus_ext} of webdataset 1.0.2: the sample is what stands before the first dot of the last name. */
    private static final Pattern MEMBER = Pattern.compile("((?:.*/|)[^.]+)[.]([^/]*)", Pattern.DOTALL);

    /** A member's sample, and its key in the sample. */
    record Member(String sample, String key) {
    }

    /** {@code image=KEY}, also several between semicolons as in webdataset's {@code to_tuple}, and {@code label=KEY}. */
    static Keys of(SourceLocation location) {
        final Optional<String> label = location.option("label").map(key -> key.toLowerCase(Locale.ROOT));
        return new Keys(
                location.option("image").map(keys -> List.of(keys.toLowerCase(Locale.ROOT).split(";")))
                        .orElse(ImageNames.preferred()),
                label.map(List::of).orElse(LABELS), location.option("label").map(List::of).orElse(LabelNames.USUAL));
    }

    /** Empty for a name that belongs to no sample. */
    static Optional<Member> member(String name) {
        final Matcher matcher = MEMBER.matcher(name);
        return matcher.matches()
                ? Optional.of(new Member(matcher.group(1), matcher.group(2).toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }

    /** The rank of an image key, of which a smaller one is the better choice; empty if {@code key} is no image key. */
    Optional<Integer> rank(String key) {
        final int rank = images.indexOf(key);
        return rank < 0 ? Optional.empty() : Optional.of(rank);
    }

    /** The rank of a label key, of which a smaller one is the better choice; empty if {@code key} is no label key. */
    Optional<Integer> labelRank(String key) {
        final int rank = labels.indexOf(key);
        return rank < 0 ? Optional.empty() : Optional.of(rank);
    }

    /** True if {@code name}, a key or a field of JSON, sounds like a label, and nobody has said which one is the label. */
    boolean mayBeLabel(String name) {
        return labels.equals(LABELS) && LabelNames.soundsLikeOne(name) && !ImageNames.isImage("." + name);
    }

    boolean isJson(String key) {
        return key.equals("json") && !images.contains(key);
    }

    /** True if {@code key} ends like an image and is none of the keys that are read, as {@code v2.jpg} or {@code seg.png}. */
    boolean isOtherImage(String key) {
        return ImageNames.isImage("." + key) && !images.contains(key);
    }

    static boolean isMeta(String name) {
        return name.startsWith("__") && name.endsWith("__");
    }
}
