package aurorapipeline;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Turns what is printed into frames of the kind {@code error}, one a line. */
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

    /** What one command printed last is no part of what the next one prints first. */
    synchronized void endLine() {
        if (line.size() > 0) {
            write('\n');
        }
    }
}
