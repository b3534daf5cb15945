package retort.ingest.source.webdataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import retort.ingest.source.ClassNames;
import retort.ingest.source.Sample;
import retort.ingest.source.tar.TarMember;
import retort.ingest.source.tar.TarReader;

/**
 * The samples of one shard, forward. As webdataset has it, a key is a member's path up to the first dot of its last name, the
 * rest is its extension, in lower case; consecutive members of one key are one sample, and members called {@code __so__}, hidden
 * ones and those without an extension are none. A group without an image is passed over. Confined to one thread.
 */
final class GroupReader implements AutoCloseable {
    private static final Pattern KEY = Pattern.compile("((?:.*/)?[^./]+)\\.([^/]*)", Pattern.DOTALL);
    private static final Set<String> IMAGES = Set.of("jpg", "jpeg", "png", "webp");
    private static final int MOST_LABEL_BYTES = 64;
    private static final int MOST_JSON_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TarReader tar;
    /** The first member of the next group. */
    private Optional<TarMember> ahead = Optional.empty();

    private GroupReader(TarReader tar) {
        this.tar = tar;
    }

    /** @param offset where a group begins; 0 for a compressed shard */
    static GroupReader open(Path shard, long offset) throws IOException {
        return new GroupReader(TarReader.open(shard, offset));
    }

    /**
     * The next sample, or empty at the shard's end.
     *
     * @param withImage false to find its place and label only
     * @throws IOException when the shard is cut or damaged here
     */
    Optional<Group> next(boolean withImage) throws IOException {
        for (;;) {
            final Optional<TarMember> first = ahead.isPresent() ? ahead : tar.next();
            ahead = Optional.empty();
            if (first.isEmpty())
                return Optional.empty();
            final Matcher key = KEY.matcher(first.get().name());
            if (!key.matches() || isMeta(first.get().name()))
                continue;
            final Building group = new Building(key.group(1), first.get().header(), withImage);
            group.take(key.group(2), first.get());
            for (ahead = tar.next(); ahead.isPresent(); ahead = tar.next()) {
                final Matcher next = KEY.matcher(ahead.get().name());
                if (!next.matches())
                    continue; // as hidden files are, such as those that macOS puts between a group's members
                if (!group.takes(next.group(1), next.group(2)))
                    break;
                group.take(next.group(2), ahead.get());
            }
            if (group.name != null)
                return Optional.of(group.build(group.name));
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }

    private static boolean isMeta(String name) {
        return name.startsWith("__") && name.endsWith("__");
    }

    /** What is known of a group while its members go by. */
    private final class Building {
        private final String key;
        private final long offset;
        private final boolean withImage;
        private final Set<String> extensions = new HashSet<>();
        private @Nullable String name;
        private byte @Nullable [] image;
        private OptionalInt label = OptionalInt.empty();
        private OptionalInt jsonLabel = OptionalInt.empty();
        private Optional<String> problem = Optional.empty();

        Building(String key, long offset, boolean withImage) {
            this.key = key;
            this.withImage = withImage;
            this.offset = offset;
        }

        /** An extension that comes again begins another sample of the same key. */
        boolean takes(String otherKey, String extension) {
            return key.equals(otherKey) && !extensions.contains(extension.toLowerCase(Locale.ROOT));
        }

        void take(String written, TarMember member) throws IOException {
            final String extension = written.toLowerCase(Locale.ROOT);
            extensions.add(extension);
            if (IMAGES.contains(extension) && name == null) {
                name = member.name();
                if (withImage)
                    image = content(member, Sample.MAX_ENCODED_BYTES);
            } else if (extension.equals("cls")) {
                label = label(member, content(member, MOST_LABEL_BYTES));
            } else if (extension.equals("json")) {
                jsonLabel = jsonLabel(content(member, MOST_JSON_BYTES));
            }
        }

        Group build(String imageName) {
            return new Group(imageName, offset, label.orElse(jsonLabel.orElse(-1)), image, problem);
        }

        /** Empty, and a problem of this group alone, when there is too much of it. */
        private byte[] content(TarMember member, int most) throws IOException {
            if (member.size() <= most)
                return tar.content(member, most);
            problem = Optional.of(member.name() + " has " + member.size() + " bytes, more than " + most);
            return new byte[0];
        }

        private OptionalInt label(TarMember member, byte[] text) {
            try {
                final int value = Integer.parseInt(new String(text, StandardCharsets.UTF_8).strip());
                if (value >= -1 && value < ClassNames.MOST)
                    return OptionalInt.of(value);
            } catch (NumberFormatException e) {
                // told below
            }
            problem = Optional.of(member.name() + " holds no class index");
            return OptionalInt.empty();
        }

        /** JSON is for anything: only a number called label is one. */
        private OptionalInt jsonLabel(byte[] text) {
            try {
                final JsonNode value = JSON.readTree(text).path("label");
                return value.canConvertToInt() && value.isIntegralNumber() && value.intValue() >= -1
                        && value.intValue() < ClassNames.MOST ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
            } catch (IOException notJson) {
                return OptionalInt.empty();
            }
        }
    }
}
