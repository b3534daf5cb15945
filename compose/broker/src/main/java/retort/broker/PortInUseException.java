package retort.broker;

import java.io.Serial;

/** Thrown if another program listens on the broker's port. The message names the port and a way out. */
public final class PortInUseException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public PortInUseException(int port, Throwable cause) {
        super("port " + port + " of 127.0.0.1 is in use: stop what listens there, or choose another (0 takes a free one)", cause);
    }
}
