package retort.place;

import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tells failures of TLS that time does not heal. Stateless. */
final class Certificates {
    private Certificates() {
    }

    /** True if the certificate of a server was not accepted. */
    static boolean isRefused(Throwable fault) {
        boolean handshake = false;
        for (Throwable at = fault; at != null; at = at.getCause()) {
            if (at instanceof SSLPeerUnverifiedException || at instanceof CertificateException)
                return true;
            handshake |= at instanceof SSLHandshakeException;
        }
        return handshake && String.valueOf(fault.getMessage()).contains("certificate");
    }

    /** @param server {@code HOST:PORT} */
    static String sentence(String server, Throwable fault) {
        Throwable root = fault;
        for (Throwable at = fault; at != null; at = at.getCause())
            root = at;
        return "the certificate of " + server + " is not accepted: " + root.getMessage()
                + ": check the address and the clock; an authority of your own belongs into a trust store, which"
                + " RETORT_JVM=-Djavax.net.ssl.trustStore=FILE names";
    }
}
