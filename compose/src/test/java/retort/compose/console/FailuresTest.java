package retort.compose.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;
import retort.settings.SettingException;

class FailuresTest {
    @Test
    void twoStreamsThatFailAtOnceAreToldByTheReasonOfTheFirst() {
        final RuntimeException both = Exceptions.multiple(new SettingException("the labels are 10000 and the images 2000"),
                new UncheckedIOException(new NoSuchFileException("other")));
        assertThat(Failures.describe(both)).isEqualTo("the labels are 10000 and the images 2000");
        assertThat(Failures.describe(new ExecutionException(both))).isEqualTo("the labels are 10000 and the images 2000");
    }
}
