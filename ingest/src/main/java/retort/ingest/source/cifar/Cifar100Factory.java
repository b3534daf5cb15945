package retort.ingest.source.cifar;

import retort.ingest.source.DataSource;
import retort.ingest.source.DataSourceFactory;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;

/** Opens {@code cifar100:DIR}. */
public final class Cifar100Factory implements DataSourceFactory {
    @Override
    public String scheme() {
        return "cifar100";
    }

    @Override
    public String usage() {
        return "cifar100:DIR[?split=train|test&classes=FILE]  the binary or the Python version: train.bin, test.bin, fine_label_names.txt";
    }

    @Override
    public DataSource open(String location, SourceContext context) throws SourceException {
        return CifarSource.open(scheme(), location, CifarLayout.CIFAR_100, context);
    }
}
