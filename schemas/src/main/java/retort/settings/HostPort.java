package retort.settings;

import java.net.InetSocketAddress;

/**
 * An address to listen at.
 *
 * @param host a name or a number, such as 127.0.0.1 or [::1]
 * @param port 0 for a free one
 */
public record HostPort(String host, int port) {
    private static final int MOST_PORT = 65535;

    /**
     * Reads {@code HOST:PORT}.
     *
     * @param example an address that the message of a refusal names
     * @throws SettingException if the text has another form
     */
    public static HostPort read(Section section, String key, String example) {
        final String address = section.string(key);
        final int colon = address.lastIndexOf(':');
        final String port = address.substring(colon + 1);
        if (colon < 1 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > MOST_PORT)
            throw section.error(key, address, "must be HOST:PORT, such as " + example + "; port 0 takes a free one");
        return new HostPort(address.substring(0, colon), Integer.parseInt(port));
    }

    /** The address for a socket. Looks the name up, so it may block. */
    public InetSocketAddress resolved() {
        return new InetSocketAddress(host.replaceAll("^\\[|]$", ""), port);
    }

    /** The address of a server for people: {@code http://127.0.0.1:9464} and {@code path}. */
    public static String url(InetSocketAddress address, String path) {
        final String host = address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + path;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
