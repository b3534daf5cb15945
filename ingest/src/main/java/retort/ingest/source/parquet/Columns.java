package retort.ingest.source.parquet;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import retort.ingest.source.LabelNames;
import retort.ingest.source.SourceLocation;

/**
 * Finds the columns of images and of labels. A label column is taken where that is certain: by the option {@code label}, by a usual name,
 * or where one column alone is described as a {@code ClassLabel}. Where a column looks like labels and is none of these, the file is refused.
 *
 * @param images names of the image column, the first choice first
 * @param label the option {@code label}: empty text for no labels
 */
record Columns(List<String> images, Optional<String> label) {
    /** The usual names of image columns in common sets. */
    private static final List<String> IMAGES = List.of("image", "img");

    private static final String WAY_OUT = ": name the column with label=COLUMN, or leave labels out with label=";

    static Columns of(SourceLocation location) {
        return new Columns(location.option("image").map(List::of).orElse(IMAGES), location.option("label"));
    }

    /** The number of the image column. */
    int image(Footer footer) throws IOException {
        return images.stream().flatMap(name -> Stream.of(name + ".bytes", name)).flatMap(path -> footer.column(path).stream())
                .filter(i -> footer.columns().get(i).type() == Footer.Column.BYTE_ARRAY && !footer.columns().get(i).repeated())
                .findFirst().orElseThrow(() -> new IOException("it has no column of images called " + String.join(" or ", images)
                        + ", but " + paths(footer) + ": name it with image=COLUMN"));
    }

    /** The number of the label column; empty if the file has no labels. */
    Optional<Integer> label(Footer footer, Description description, int image) throws IOException {
        if (label.isPresent() && label.get().isEmpty())
            return Optional.empty();
        final Optional<String> name = label.isPresent() ? label : usual(footer, description);
        if (name.isEmpty()) {
            refuseWhatSoundsLikeLabels(footer, image);
            return Optional.empty();
        }
        final int column = footer.column(name.get()).orElseThrow(() -> new IOException(
                (paths(footer).stream().anyMatch(path -> path.startsWith(name.get() + "."))
                        ? "its column " + name.get() + " is a list or a structure, which is no class of one image"
                        : "it has no column of whole numbers called " + name.get() + " nor one of texts, but " + paths(footer))
                        + WAY_OUT));
        if (!footer.columns().get(column).isLabel())
            throw new IOException("its column " + name.get() + " is " + footer.columns().get(column).typeName()
                    + ", which is no class of one image" + WAY_OUT);
        return Optional.of(column);
    }

    /**
     * Says which columns are read. A person can see there that another one was meant.
     *
     * @param label the number of the label column
     */
    static String remark(Footer footer, int image, Optional<Integer> label) {
        final List<String> others = IntStream.range(0, footer.columns().size())
                .filter(i -> i != image && (label.isEmpty() || i != label.get())).mapToObj(i -> footer.columns().get(i).path())
                .filter(path -> !path.endsWith(".path")).toList();
        return "images are column " + footer.columns().get(image).path()
                + label.map(i -> ", labels are column " + footer.columns().get(i).path()).orElse(", without labels")
                + (others.isEmpty() ? "" : "; not read: " + String.join(", ", others));
    }

    private static Optional<String> usual(Footer footer, Description description) throws IOException {
        final Optional<String> usual = LabelNames.USUAL.stream().filter(name -> paths(footer).stream()
                .anyMatch(path -> path.equals(name) || path.startsWith(name + "."))).findFirst();
        if (usual.isPresent())
            return usual;
        final List<String> described = description.classLabels().stream().filter(name -> footer.column(name).isPresent())
                .toList();
        if (described.size() > 1)
            throw new IOException("its columns " + described + " are all described as labels" + WAY_OUT);
        return described.stream().findFirst();
    }

    private static void refuseWhatSoundsLikeLabels(Footer footer, int image) throws IOException {
        for (int i = 0; i < footer.columns().size(); i++) {
            final String path = footer.columns().get(i).path();
            if (i != image && LabelNames.soundsLikeOne(path))
                throw new IOException("its column " + path + " looks like labels and has no usual name" + WAY_OUT);
        }
    }

    private static List<String> paths(Footer footer) {
        return footer.columns().stream().map(Footer.Column::path).toList();
    }
}
