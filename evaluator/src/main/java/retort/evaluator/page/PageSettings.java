package retort.evaluator.page;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import retort.place.Places;
import retort.settings.HostPort;
import retort.settings.Secrets;
import retort.settings.Section;
import retort.settings.SettingException;
import retort.trainer.settings.TrainerSettings;

/**
 * The settings under {@code page}; reference.conf describes them.
 *
 * @param enabled true to serve the page
 * @param address the address to listen at
 * @param token whom the page answers; empty for whoever reaches the address
 * @param hosts names, in lower case, by which the page may be called besides those of this machine
 * @param prefix begins every path, such as {@code /retort}; empty for none
 * @param checkpoints the folder with the checkpoints of all runs, on a disk or in a bucket, which need not exist
 */
public record PageSettings(boolean enabled, HostPort address, Optional<String> token, List<String> hosts, String prefix,
        Path checkpoints) {
    private static final String TOKEN = "token";
    private static final int LEAST_TOKEN = 16;
    private static final int MOST_TOKEN = 256;

    public PageSettings {
        hosts = List.copyOf(hosts);
    }

    /**
     * Reads the settings. Looks the host of the address up, and reads the file of the token, so it may block.
     *
     * @throws SettingException if a value is not allowed, or if there is no token and the address is not loopback
     */
    public static PageSettings from(Config whole) {
        final Section page = Section.of(whole, "page");
        final boolean enabled = page.bool("enabled");
        final HostPort address = HostPort.read(page, "address", "127.0.0.1:9474");
        final Optional<String> token = token(whole, page);
        final boolean open = page.bool("open");
        if (enabled && token.isEmpty() && !open && !isLoopback(address))
            throw page.error("address", address, "is not loopback, so page.token is needed: "
                    + "page.token = \"file:PATH\" with " + LEAST_TOKEN
                    + " characters or more, such as 'openssl rand -hex 32' prints");
        return new PageSettings(enabled, address, token,
                page.strings("hosts").stream().map(host -> host.toLowerCase(Locale.ROOT)).toList(), prefix(page),
                Places.from(whole).file(TrainerSettings.checkpoints(whole))); // the places are used as long as the process serves the page
    }

    private static Optional<String> token(Config whole, Section page) {
        final String token = Secrets.of(whole).value(page.name(TOKEN), page.string(TOKEN));
        if (!token.isEmpty() && !token.matches("[!-~]{" + LEAST_TOKEN + "," + MOST_TOKEN + "}"))
            throw page.error(TOKEN, Secrets.MASK, "must have " + LEAST_TOKEN + " to " + MOST_TOKEN
                    + " visible ASCII characters without spaces, such as 'openssl rand -hex 32' prints");
        return Optional.of(token).filter(given -> !given.isEmpty());
    }

    private static String prefix(Section page) {
        final String prefix = page.string("prefix");
        if (!prefix.matches("(/[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*"))
            throw page.error("prefix", prefix, "must be empty, or a path without a slash at its end, such as /retort");
        return prefix;
    }

    private static boolean isLoopback(HostPort address) {
        final var resolved = address.resolved().getAddress();
        return resolved != null && resolved.isLoopbackAddress();
    }
}
