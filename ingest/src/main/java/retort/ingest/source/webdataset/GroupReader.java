package retort.ingest.source.webdataset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.FileName;
import retort.ingest.source.ImageNames;
import retort.ingest.source.Label;
import retort.ingest.source.PassedOver;
import retort.ingest.source.Sample;
import retort.ingest.source.tar.TarEnd;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * The samples of one shard, forward. A sample is consecutive members of one name before the first dot, as WebDataset has it; a key that
 * comes twice begins another sample. Members called {@code __so__}, hidden ones, those of operating systems and those without a dot
 * belong to none. A sample without an image is passed over. Confined to one thread.
 */
final class GroupReader implements AutoCloseable {
    /** The beginning of the reason for which a member is passed over that may be the label. */
    private static final String UNREAD_LABEL = "not read, though it sounds like a label: ";

    private final TarReader tar;
    private final Keys keys;
    private final PassedOver passedOver;
    /** The first member of the next sample. */
    private Optional<Named> ahead = Optional.empty();

    /** A member that belongs to a sample. */
    private record Named(TarMember member, Keys.Member name) {
    }

    /** Receives the labels of samples without an image. */
    @FunctionalInterface
    interface Orphans {
        void found(String key, Label label);
    }

    private GroupReader(TarReader tar, Keys keys, PassedOver passedOver) {
        this.tar = tar;
        this.keys = keys;
        this.passedOver = passedOver;
    }

    /**
     * @param offset position of a sample's first header, in bytes; 0 for a compressed shard
     * @param passedOver counts what belongs to no sample
     */
    static GroupReader open(Path shard, long offset, Keys keys, PassedOver passedOver) throws IOException {
        return new GroupReader(TarReader.open(shard, offset), keys, passedOver);
    }

    /** As {@link #open}, for the samples from {@code offset} to {@code end}, the first header of another sample, alone. */
    static GroupReader between(Path shard, long offset, long end, Keys keys) throws IOException {
        return new GroupReader(TarReader.between(shard, offset, end), keys, new PassedOver());
    }

    /**
     * The next sample, or empty at the shard's end.
     *
     * @param withImage false to find its place and label only
     * @throws IOException if the shard is cut or damaged here
     */
    Optional<Group> next(boolean withImage, Orphans orphans) throws IOException {
        for (Optional<Named> first = ahead.isPresent() ? ahead : named(); first.isPresent(); first = ahead) {
            final Building group = new Building(first.get().name().sample(), first.get().member().header(), withImage);
            group.take(first.get());
            for (ahead = named(); ahead.isPresent() && group.takes(ahead.get().name()); ahead = named())
                group.take(ahead.get());
            final Optional<Group> built = group.build(orphans);
            if (built.isPresent())
                return built;
        }
        return Optional.empty();
    }

    /** Tells how the shard ends, and counts its links as passed over. Called once, after {@link #next} has found no further sample. */
    TarEnd end() {
        passedOver.add(ImageNames.LINK, tar.links());
        return tar.end();
    }

    /** The names that sound like a label among the reasons of {@code passedOver}. */
    static List<String> unreadLabels(PassedOver passedOver) {
        return passedOver.counts().keySet().stream().filter(reason -> reason.startsWith(UNREAD_LABEL))
                .map(reason -> reason.substring(UNREAD_LABEL.length())).toList();
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    /** The next member that belongs to a sample. Those between the members of one sample, such as the Mac's, do not end it. */
    private Optional<Named> named() throws IOException {
        for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next()) {
            final String name = member.get().name();
            final Optional<Keys.Member> key = Keys.member(name);
            if (ImageNames.isForeignPath(name))
                passedOver.add(ImageNames.FOREIGN);
            else if (Keys.isMeta(name))
                passedOver.add("member called __NAME__");
            else if (key.isEmpty())
                passedOver.add("member without an extension");
            else
                return Optional.of(new Named(member.get(), key.get()));
        }
        return Optional.empty();
    }

    /** A sample while its members are read. */
    private final class Building {
        private final String key;
        private final long offset;
        private final boolean withImage;
        private final Set<String> taken = new HashSet<>();
        private int rank = Integer.MAX_VALUE;
        private @Nullable TarMember chosen;
        private byte @Nullable [] image;
        private @Nullable String other;
        private int images;
        private Label label = Label.NONE;
        /** The rank of the label's key among {@link Keys#labels}; a field of a JSON member comes after all of them. */
        private int labelRank = Integer.MAX_VALUE;

        Building(String key, long offset, boolean withImage) {
            this.key = key;
            this.withImage = withImage;
            this.offset = offset;
        }

        boolean takes(Keys.Member member) {
            return key.equals(member.sample()) && !taken.contains(member.key());
        }

        void take(Named next) throws IOException {
            final TarMember member = next.member();
            final String written = next.name().key();
            taken.add(written);
            final Optional<Integer> place = keys.rank(written);
            if (place.isPresent())
                image(member, place.get());
            else if (keys.labelRank(written).isPresent())
                label(member, keys.labelRank(written).get());
            else if (keys.isJson(written) && labelRank == Integer.MAX_VALUE)
                json(member);
            else if (keys.isOtherImage(written))
                other = written;
            else if (keys.mayBeLabel(written))
                passedOver.add(UNREAD_LABEL + FileName.shown(written));
        }

        /** A member that holds the label alone counts more than a field of a JSON member. */
        private void label(TarMember member, int place) throws IOException {
            if (place >= labelRank)
                return;
            labelRank = place;
            label = member.size() > Label.MOST_BYTES
                    ? new Label.Unclear(member.name() + " has " + member.size() + " bytes, more than a label")
                    : Label.of(tar.content(member, Label.MOST_BYTES));
        }

        private void json(TarMember member) throws IOException {
            if (member.size() > Sample.MAX_ENCODED_BYTES) {
                passedOver.add("JSON of more than " + Sample.MAX_ENCODED_BYTES + " bytes, not read for a label");
                return;
            }
            final byte[] json = tar.content(member, Sample.MAX_ENCODED_BYTES);
            try {
                label = JsonLabel.find(json, keys, field -> {
                    if (keys.mayBeLabel(field))
                        passedOver.add(UNREAD_LABEL + "field " + FileName.shown(field) + " of json");
                });
            } catch (IOException damaged) {
                passedOver.add("damaged JSON, not read for a label");
            }
        }

        private void image(TarMember member, int place) throws IOException {
            images++;
            if (place >= rank)
                return;
            rank = place;
            chosen = member;
            image = withImage && member.size() <= Sample.MAX_ENCODED_BYTES
                    ? tar.content(member, Sample.MAX_ENCODED_BYTES)
                    : null;
        }

        Optional<Group> build(Orphans orphans) {
            if (chosen == null) {
                passedOver.add(other == null
                        ? "sample without an image"
                        : "sample whose image has another key, such as " + other + ": choose it with image=KEY");
                if (!(label instanceof Label.None)) {
                    passedOver.add("label whose sample has no image");
                    orphans.found(key, label);
                }
                return Optional.empty();
            }
            passedOver.add("second image of a sample, under a later key", images - 1L);
            final Optional<String> problem = chosen.size() <= Sample.MAX_ENCODED_BYTES
                    ? Optional.empty()
                    : Optional.of(chosen.name() + " has " + chosen.size() + " bytes, more than " + Sample.MAX_ENCODED_BYTES);
            return Optional.of(new Group(key, chosen.name(), offset, label, chosen.size(), image, problem));
        }
    }
}
