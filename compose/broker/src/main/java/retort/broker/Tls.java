package retort.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Certificates of a broker's listeners for tests, made by keytool, and the trust store that holds their authority. */
public final class Tls {
    private static final String PASSWORD = "secret";

    private final Path directory;

    /** Makes the authority, and the trust store that holds its certificate. */
    public Tls(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        keytool("authority", "-genkeypair", "-keyalg", "EC", "-dname", "CN=authority", "-ext", "bc:c", "-keystore",
                file("authority.p12"));
        keytool("authority", "-exportcert", "-file", file("authority.cer"), "-keystore", file("authority.p12"));
        keytool("authority", "-importcert", "-noprompt", "-file", file("authority.cer"), "-keystore", file("trust.p12"));
    }

    /**
     * Makes a certificate that the authority has signed, and returns the properties of a listener that shows it.
     *
     * @param listener name of the listener, in lower case
     * @param hosts the extension that names the hosts, such as {@code SAN=IP:127.0.0.1}
     * @param begins first day, as keytool counts it from now
     * @param days number of days for which the certificate is valid
     */
    public Map<String, String> listener(String listener, String hosts, String begins, String days)
            throws IOException, InterruptedException {
        final String keys = file(listener + ".p12");
        keytool(listener, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + listener, "-keystore", keys);
        keytool(listener, "-certreq", "-file", file("request"), "-keystore", keys);
        keytool("authority", "-gencert", "-infile", file("request"), "-outfile", file("signed"), "-ext", hosts, "-startdate",
                begins,
                "-validity", days, "-keystore", file("authority.p12"));
        keytool("authority", "-importcert", "-noprompt", "-file", file("authority.cer"), "-keystore", keys);
        keytool(listener, "-importcert", "-noprompt", "-file", file("signed"), "-keystore", keys);
        final String prefix = "listener.name." + listener + ".ssl.";
        return Map.of(prefix + "keystore.location", keys, prefix + "keystore.password", PASSWORD, prefix + "key.password",
                PASSWORD);
    }

    /** The properties of a client that trusts the authority. */
    public Map<String, String> client() {
        return Map.of("security.protocol", "SSL", "ssl.truststore.location", file("trust.p12"), "ssl.truststore.password",
                PASSWORD);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void keytool(String alias, String... arguments) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", alias, "-storetype", "PKCS12", "-storepass", PASSWORD));
        final Path said = Files.createTempFile("keytool", ".txt");
        final int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start().waitFor();
        if (code != 0)
            throw new IllegalStateException(command + ": " + Files.readString(said));
        Files.delete(said);
    }
}
