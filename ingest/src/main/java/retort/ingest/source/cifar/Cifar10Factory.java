package retort.ingest.source.cifar;

import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;

/** Opens {@code cifar10:DIR}. */
public final class Cifar10Factory implements DataSourceFactory {
    @Override
    public String scheme() {
        return "cifar10";
    }

    @Override
    public String usage() {
        return "cifar10:DIR[?split=train|test&classes=FILE]  the binary or the Python version: data_batch_1.bin to 5, test_batch.bin, batches.meta.txt";
    }

    @Override
    public DataSource open(String location, SourceContext context) throws SourceException {
        return CifarSource.open(scheme(), location, CifarLayout.CIFAR_10, context);
    }
}
