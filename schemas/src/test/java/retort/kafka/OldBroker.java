package retort.kafka;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Answers as a broker of Kafka 0.10 does: the question for versions (ApiVersions, key 18) in version 0, and with an error where a newer
 * version of the question is asked, and the question for metadata. Versions of Kafka's protocol guide: Produce 0 to 2, Fetch 0 to 2, ListOffsets 0, Metadata 0 to 1.
 */
final class OldBroker {
    private static final int[][] VERSIONS = {{0, 0, 2}, {1, 0, 2}, {2, 0, 0}, {3, 0, 1}, {18, 0, 0}};
    private static final int API_VERSIONS = 18;
    private static final int UNSUPPORTED_VERSION = 35;

    private OldBroker() {
    }

    /** Serves every connection until {@code socket} is closed. */
    static void serve(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                final Socket client = socket.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void answer(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(client.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
            while (true) {
                final int size = in.readInt();
                final short key = in.readShort();
                final short version = in.readShort();
                final int correlation = in.readInt();
                in.skipNBytes(size - 8L);
                final ByteArrayOutputStream body = new ByteArrayOutputStream();
                final DataOutputStream answer = new DataOutputStream(body);
                answer.writeInt(correlation);
                if (key == API_VERSIONS)
                    versions(answer, version);
                else
                    metadata(answer, version, client.getLocalPort());
                out.writeInt(body.size());
                body.writeTo(out);
                out.flush();
            }
        } catch (IOException e) {
            // the client has left
        }
    }

    private static void versions(DataOutputStream answer, short version) throws IOException {
        answer.writeShort(version == 0 ? 0 : UNSUPPORTED_VERSION);
        answer.writeInt(VERSIONS.length);
        for (final int[] range : VERSIONS)
            for (final int number : range)
                answer.writeShort(number);
    }

    /** This broker alone, without topics. */
    private static void metadata(DataOutputStream answer, short version, int port) throws IOException {
        answer.writeInt(1);
        answer.writeInt(1);
        answer.writeUTF("127.0.0.1"); // a length of two bytes and ASCII, as Kafka writes a string
        answer.writeInt(port);
        if (version > 0) {
            answer.writeShort(-1); // no rack
            answer.writeInt(1); // the controller
        }
        answer.writeInt(0);
    }
}
