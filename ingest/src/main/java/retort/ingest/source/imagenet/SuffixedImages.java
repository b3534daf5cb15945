package retort.ingest.source.imagenet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.ingest.source.FileName;
import retort.ingest.source.ForwardReader;
import retort.ingest.source.ImageNames;
import retort.ingest.source.Sample;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * The images of one archive, called {@code ..._n01440764.JPEG}; those of no synset, as the test split's are, have no label. Confined to
 * one thread.
 */
record SuffixedImages(Path archive, TarReader tar, Synsets synsets) implements ForwardReader.Samples {
    private static final Pattern SUFFIX = Pattern.compile(".*_(n\\d{8})\\.[^.]+", Pattern.DOTALL);

    static SuffixedImages open(Path archive, Synsets synsets) throws IOException {
        return new SuffixedImages(archive, TarReader.open(archive, 0), synsets);
    }

    static boolean isImage(TarMember member) {
        return !ImageNames.isForeignPath(member.name()) && ImageNames.isImage(member.baseName());
    }

    static Optional<String> synset(TarMember member) {
        final Matcher suffix = SUFFIX.matcher(member.baseName());
        return suffix.matches() ? Optional.of(suffix.group(1)) : Optional.empty();
    }

    @Override
    public Optional<Sample> next(long id, boolean wanted) throws IOException {
        Optional<TarMember> member = tar.next();
        while (member.isPresent() && !isImage(member.get()))
            member = tar.next();
        return member.isEmpty() ? Optional.empty() : Optional.of(sample(id, member.get(), wanted));
    }

    private Sample sample(long id, TarMember member, boolean wanted) throws IOException {
        final String name = FileName.shown(archive.getFileName() + "/" + member.name());
        final Optional<String> synset = synset(member);
        final OptionalInt label = synset.map(synsets::index).orElse(OptionalInt.of(-1));
        if (label.isEmpty())
            return new Sample(id, name, -1, new Sample.Unreadable(name, "its synset is none of the classes"));
        if (member.size() > Sample.MAX_ENCODED_BYTES)
            return new Sample(id, name, label.getAsInt(), new Sample.Unreadable(name,
                    member.size() + " bytes, more than " + Sample.MAX_ENCODED_BYTES));
        return Sample.encoded(id, name, label.getAsInt(),
                wanted ? tar.content(member, Sample.MAX_ENCODED_BYTES) : new byte[0]);
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
