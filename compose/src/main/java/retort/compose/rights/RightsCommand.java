package retort.compose.rights;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.compose.settings.SettingsOptions;
import retort.kafka.Broker;

@Command(name = "rights", mixinStandardHelpOptions = true, description = {
        "Prints the rights of the users ingest, trainer, evaluator and reader on a broker with an authorizer.",
        "With --grant also makes the topics of events and grants the rights, for which it needs an administrator's user."}, footerHeading = "%nExamples:%n", footer = {
                "  retort rights", "  retort rights --grant --config compose/secure/secrets/admin.conf"})
public final class RightsCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--grant", description = "Makes the topics of events and grants the rights. Rights that are there stay.")
    private boolean grant;

    @Override
    public Integer call() {
        final Broker broker = Broker.from(settings.load());
        final String prefix = broker.topics().prefix();
        if (grant) {
            broker.ensureEventTopics();
            broker.ask(admin -> Broker.await(admin.createAcls(ServiceRights.bindings(prefix)).all()));
        }
        for (final ServiceRights service : ServiceRights.ALL)
            service.rights().forEach(right -> System.out.println(service.user() + ": " + right.words(prefix)));
        return 0;
    }
}
