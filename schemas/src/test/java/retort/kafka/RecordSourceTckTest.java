package retort.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import retort.broker.SharedBroker;

/** Runs the Reactive Streams TCK 1.0.4 for a source over a real broker. Its TestNG methods run as JUnit's dynamic tests. */
class RecordSourceTckTest {
    private static final int RECORDS = 100;
    private static final long TIMEOUT_MILLIS = 5_000;
    private static final long SILENCE_MILLIS = 30;
    private static final long BUDGET = 1 << 20;

    @TestFactory
    Stream<DynamicTest> rules() {
        // A source that closes waits for its fetch, half a second by Kafka's default. Rule 1.3 closes a hundred sources.
        final Broker broker = new Broker(new KafkaSettings(Map.of("bootstrap.servers", SharedBroker.bootstrapServers(),
                "consumer.fetch.max.wait.ms", "10")), new Topics(SharedBroker.freshPrefix()), TestStream.TIMEOUT);
        final retort.record.Stream train = TestStream.stream("train", 2);
        TestStream.publish(broker, train, 0, RECORDS, 10);
        return Arrays.stream(PublisherVerification.class.getMethods()).filter(method -> method.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> verify(rule, new Verification(broker, train))));
    }

    private static void verify(Method rule, Verification verification) throws Throwable {
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skipped)
                throw new TestAbortedException(skipped.getMessage(), skipped);
            throw e.getCause();
        }
    }

    private static final class Verification extends PublisherVerification<BatchRecord> {
        private final Broker broker;
        private final retort.record.Stream stream;

        Verification(Broker broker, retort.record.Stream stream) {
            super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS, SILENCE_MILLIS));
            this.broker = broker;
            this.stream = stream;
        }

        @Override
        public long maxElementsFromPublisher() {
            return RECORDS;
        }

        @Override
        public Publisher<BatchRecord> createPublisher(long elements) {
            return StreamReader.source(broker, stream, StreamPosition.START, OptionalLong.of(elements - 1), BUDGET, "tck");
        }

        @Override
        public Publisher<BatchRecord> createFailedPublisher() {
            return new RecordSource<>("tck", broker, Map.of(), FetchBudget.of(BUDGET, 1), consumer -> {
                throw new IllegalStateException("no topic");
            });
        }
    }
}
