package retort.bench.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import retort.ingest.budget.ByteBudget;
import retort.ingest.recipe.Recipe;
import retort.ingest.recipe.RecipeSettings;
import retort.ingest.source.Sample;
import retort.random.Permutation;

/** Retort's own recipe on one or two threads of this process. The threads read whole files, as a folder source does. */
final class RecipeContestant implements CropContestant {
    private final String key;
    private final String title;
    private final List<Path> photos;
    private final RecipeSettings settings;
    private final Recipe recipe;
    private final TwoThreads threads = new TwoThreads();
    private final AtomicLong next = new AtomicLong();

    RecipeContestant(String key, String title, List<Path> photos, RecipeSettings settings) {
        this.key = key;
        this.title = title;
        this.photos = photos;
        this.settings = settings;
        this.recipe = Recipe.of(settings, new ByteBudget(64 << 20));
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public double turn(int workers, double seconds) {
        return threads.run(title, workers, worker -> work(seconds));
    }

    private double work(double seconds) throws Exception {
        final byte[] target = new byte[settings.imageBytes()];
        final long start = System.nanoTime();
        final long end = start + (long) (seconds * 1e9);
        long count = 0;
        for (; System.nanoTime() < end; count++)
            recipe.apply(sample(next.getAndIncrement()), count, target, 0);
        return count * 1e9 / (System.nanoTime() - start);
    }

    private Sample sample(long number) throws IOException {
        final long epoch = number / photos.size();
        final int index = (int) Permutation.of(photos.size(), 0, "order", epoch).at(number % photos.size());
        final Path photo = photos.get(index);
        return Sample.encoded(index, photo.toString(), -1, Files.readAllBytes(photo));
    }

    @Override
    public void close() {
        threads.close();
        recipe.close();
    }
}
