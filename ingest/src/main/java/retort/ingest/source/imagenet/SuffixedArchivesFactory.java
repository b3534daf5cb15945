package retort.ingest.source.imagenet;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.ingest.source.Contents;
import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.FileName;
import retort.ingest.source.FilePattern;
import retort.ingest.source.Findings;
import retort.ingest.source.ForwardShards;
import retort.ingest.source.Listing;
import retort.ingest.source.PassedOver;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.SourceLocation;
import retort.ingest.source.tar.TarEnds;

/** Opens {@code imagenet-hf:PATTERN}: Hugging Face's older archives, whose file names end in their synset. */
public final class SuffixedArchivesFactory implements DataSourceFactory {
    private static final Logger LOG = LoggerFactory.getLogger(SuffixedArchivesFactory.class);

    @Override
    public String scheme() {
        return "imagenet-hf";
    }

    @Override
    public String usage() {
        return "imagenet-hf:PATTERN[?classes=FILE]  archives such as data/train_images_{0..4}.tar.gz; FILE lists all synsets, one a line";
    }

    @Override
    public DataSource open(String given, SourceContext context) throws SourceException {
        final SourceLocation location = SourceLocation.parse(scheme(), given, Set.of("classes"), context);
        final List<Path> archives = FilePattern.files(location);
        LOG.info("counting images of {} archives: they say neither how many they hold nor of which classes", archives.size());
        final List<SuffixedCount> counts = SuffixedCount.ofAll(archives);
        final Synsets synsets = Synsets.given(location)
                .orElseGet(() -> Synsets.sorted(counts.stream().flatMap(count -> count.synsets().stream()).toList()));
        final PassedOver passedOver = new PassedOver();
        counts.forEach(count -> passedOver.addAll(count.passedOver()));
        final Listing listing = new Listing();
        final TarEnds ends = new TarEnds();
        for (int i = 0; i < archives.size(); i++) {
            listing.add(archives.get(i), "=" + counts.get(i).listing(), counts.get(i).images());
            ends.add(FileName.shown(FileName.of(archives.get(i))), counts.get(i).end());
        }
        return new ForwardShards<>(archives, counts.stream().mapToLong(SuffixedCount::images).toArray(), synsets.names(),
                Findings.of(listing, passedOver, ends.remarks()).with(Contents.of(archives)), Function.identity(),
                (archive, alreadyCounted) -> SuffixedImages.open(archive, synsets));
    }
}
