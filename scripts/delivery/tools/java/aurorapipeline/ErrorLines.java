package aurorapipeline;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Sends each printed line as a frame of the kind {@code error}. */
final class ErrorLines extends OutputStream {
    private final Frames frames;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    ErrorLines(Frames frames) {
        this.frames = frames;
    }

    @Override
    public synchronized void write(int value) {
        if (value == '\n') {
            frames.send("error", Json.quote(line.toString(UTF_8)));
            line.reset();
        } else {
            line.write(value);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            write(bytes[i]);
        }
    }

    /** A partial last line of one command does not become part of the next command's first line. */
    synchronized void endLine() {
        if (line.size() > 0) {
            write('\n');
        }
    }
}
