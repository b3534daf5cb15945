package retort.compose;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * Checks the allowed dependencies: compose -> evaluator -> trainer -> schemas, compose -> ingest -> schemas, compose -> bench -> ingest,
 * trainer and broker. The broker depends on Kafka alone.
 */
final class HouseTest {
    private static final String[] SCHEMAS = {"retort.record..", "retort.codec..", "retort.kafka..", "retort.random..",
            "retort.settings..", "retort.digest..", "retort.thread..", "retort.console..", "retort.file..", "retort.place..",
            "retort.registry.."};

    private static final JavaClasses HOUSE = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("retort");

    @Test
    void schemasImportsNoService() {
        noClasses().that().resideInAnyPackage(SCHEMAS).should().dependOnClassesThat()
                .resideInAnyPackage("retort.ingest..", "retort.trainer..", "retort.evaluator..", "retort.compose..",
                        "retort.bench..", "retort.broker..")
                .check(HOUSE);
    }

    @Test
    void ingestAndTrainerNeverSeeEachOther() {
        noClasses().that().resideInAPackage("retort.ingest..").should().dependOnClassesThat()
                .resideInAnyPackage("retort.trainer..", "retort.evaluator..", "retort.compose..", "retort.bench..",
                        "retort.broker..")
                .check(HOUSE);
        noClasses().that().resideInAPackage("retort.trainer..").should().dependOnClassesThat()
                .resideInAnyPackage("retort.ingest..", "retort.evaluator..", "retort.compose..", "retort.bench..",
                        "retort.broker..")
                .check(HOUSE);
    }

    @Test
    void evaluatorSeesTheTrainerAndNothingAboveIt() {
        noClasses().that().resideInAPackage("retort.evaluator..").should().dependOnClassesThat()
                .resideInAnyPackage("retort.ingest..", "retort.compose..", "retort.bench..", "retort.broker..").check(HOUSE);
    }

    @Test
    void theBrokerDependsOnKafkaAlone() {
        classes().that().resideInAPackage("retort.broker..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("retort.broker..", "java..", "kafka..", "org.apache.kafka..", "scala..", "org.jspecify..",
                        "org.slf4j..")
                .check(HOUSE);
    }

    @Test
    void benchDoesNotSeeCompose() {
        noClasses().that().resideInAPackage("retort.bench..").should().dependOnClassesThat()
                .resideInAPackage("retort.compose..").check(HOUSE);
    }

    @Test
    void onlyLocalStudyChaosAndTheBenchmarksHoldTheBroker() {
        noClasses().that()
                .resideOutsideOfPackages("retort.broker..", "retort.compose.local..", "retort.compose.study..",
                        "retort.compose.chaos..",
                        "retort.bench..")
                .should()
                .dependOnClassesThat().resideInAPackage("retort.broker..").check(HOUSE);
    }

    @Test
    void onlyTheBenchmarksHoldTheBucket() {
        noClasses().that().resideOutsideOfPackages("retort.bucket..", "retort.bench..").should().dependOnClassesThat()
                .resideInAPackage("retort.bucket..").check(HOUSE);
    }

    /** Only BenchCommand runs with the benchmarks on its class path, because the launcher leaves them out for every other command. */
    @Test
    void onlyTheCommandBenchHoldsTheBenchmarks() {
        noClasses().that().resideOutsideOfPackage("retort.bench..").and().doNotHaveSimpleName("BenchCommand").should()
                .dependOnClassesThat().resideInAnyPackage("retort.bench..", "org.apache.kafka.tools..").check(HOUSE);
    }

    @Test
    void packagesHaveNoCircles() {
        slices().matching("retort.(**)").should().beFreeOfCycles()
                .check(HOUSE);
    }
}
