package aurorapipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * The delivery program, which started this JVM: its commands, its answers, and what is reported to it ({@link Frames}). Each
 * tool's session says which commands it has.
 */
final class Parent {
    private static final LinkedBlockingQueue<List<String>> RECEIVED = new LinkedBlockingQueue<>();
    /**
     * The frame that gives up on the server: everything that waits for it fails. It cannot be mistaken for a command or
     * an answer.
     */
    private static final List<String> ABORT = List.of("!abort");
    /** Address space, of which a thread uses only what it needs: tools and their libraries recurse for nested content. */
    private static final long STACK_BYTES = 64L << 20;
    private static final long WAIT_TOLD_AFTER_MILLISECONDS = 1500;
    private static Frames frames;

    private Parent() {}

    static Frames connect(Path socket) throws IOException {
        frames = Frames.connect(socket);
        return frames;
    }

    /**
     * Runs the commands in a thread of their own, and receives frames until the parent closes the connection or ends. {@code
     * exceeded} is asked every second: if it returns something, that is reported, and the process ends.
     */
    static void serve(Runnable commands, Supplier<Json> exceeded) throws IOException {
        Thread runner = new Thread(null, commands, "runner", STACK_BYTES);
        runner.setDaemon(true);
        runner.start();

        Thread watch = new Thread(() -> watch(exceeded), "watch");
        watch.setDaemon(true);
        watch.start();

        for (List<String> frame = frames.receive(); frame != null; frame = frames.receive()) {
            if (frame.equals(ABORT)) {
                Sockets.abort();
            } else {
                RECEIVED.add(frame);
            }
        }
        // A running command must not outlive its parent.
        Runtime.getRuntime().halt(0);
    }

    /** Reports what takes long, beside the command. */
    private static void watch(Supplier<Json> exceeded) {
        try {
            while (true) {
                Thread.sleep(1000);
                Json limit = exceeded.get();
                if (limit != null) {
                    frames.send("exceeded", limit.toString());
                    Runtime.getRuntime().halt(1);
                }
                long waited = Sockets.waitedMillis();
                if (waited >= WAIT_TOLD_AFTER_MILLISECONDS) {
                    frames.send("wait", Long.toString(waited));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The parent's next command, or its answer to an event of the running command. */
    static List<String> take() {
        try {
            return RECEIVED.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Reports what happened; a tool that runs by itself with these classes has nobody to report to. */
    static void send(Json event) {
        if (frames != null) {
            frames.send("event", event.toString());
        }
    }
}
