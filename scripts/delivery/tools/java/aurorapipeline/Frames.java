package aurorapipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The connection to the parent: a Unix domain socket, so that output of a library, a child process or the JVM on
 * standard output cannot end a frame or imitate one. A frame is one line of ASCII that ends with the byte 0x0A, a JSON
 * array: every other character is escaped. {@code frames.ts} is the other side.
 *
 * <p>One thread reads, any number write. The channel is used directly: up to Java 18, with the streams around it, a
 * waiting read blocks every write.
 */
final class Frames {
    private final SocketChannel channel;
    private final ByteBuffer received = ByteBuffer.allocate(65536).flip();

    private Frames(SocketChannel channel) {
        this.channel = channel;
    }

    static Frames connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new Frames(channel);
    }

    /** The strings of the next frame; null if the parent closed the connection or ended. */
    List<String> receive() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (received.hasRemaining()) {
                byte next = received.get();
                if (next == '\n') {
                    return Json.strings(ascii(line.toByteArray()));
                }
                line.write(next);
            }
            received.clear();
            int count = channel.read(received);
            received.flip();
            if (count < 0) {
                return null;
            }
        }
    }

    /** Sends {@code [kind, content]}; the content is already JSON. */
    void send(String kind, String content) {
        ByteBuffer frame = US_ASCII.encode("[" + Json.quote(kind) + "," + content + "]\n");
        synchronized (this) {
            try {
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
            } catch (IOException exception) {
                throw new UncheckedIOException(exception);
            }
        }
    }

    private static String ascii(byte[] bytes) throws CharacterCodingException {
        return US_ASCII.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
}
