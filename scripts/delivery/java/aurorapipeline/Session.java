package aurorapipeline;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import liquibase.integration.commandline.LiquibaseCommandLine;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Runs Liquibase commands one after the other in one JVM: starting a JVM for each costs about a second.
 *
 * <p>A line on standard input is one command: the password that it connects with, then its arguments, percent-encoded,
 * separated by spaces; or, while a command runs that asks its parent something (see {@link Proof}), the answer. So no
 * password is among the arguments or in the environment of a process, and each command may have another one. Every line on standard output is one frame: a
 * letter that says what it is, a space, the content.
 * <ul>
 *   <li>{@code o}, {@code e}: a line that Liquibase printed on standard output or standard error</li>
 *   <li>{@code v}: an event as JSON, see {@link Events}</li>
 *   <li>{@code x}: the command ended with this exit code</li>
 * </ul>
 * One stream for all of them keeps them in order, and nothing that a changelog prints can pass for an event.
 */
public final class Session {
    private static final PrintStream FRAMES = System.out;
    private static final LinkedBlockingQueue<String> LINES = new LinkedBlockingQueue<>();

    private Session() {}

    public static void main(String[] arguments) throws Exception {
        System.setOut(new PrintStream(new Lines('o'), true, UTF_8));
        System.setErr(new PrintStream(new Lines('e'), true, UTF_8));

        Thread runner = new Thread(Session::run, "runner");
        runner.setDaemon(true);
        runner.start();

        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                LINES.add(line);
            }
        }
        // The parent closes the input when it is done or dead: a command that still runs must not outlive it.
        Runtime.getRuntime().halt(0);
    }

    private static void run() {
        try {
            while (true) {
                String[] command = decode(LINES.take());
                System.setProperty("liquibase.command.password", command[0]);
                String[] arguments = Arrays.copyOfRange(command, 1, command.length);
                int code = new LiquibaseCommandLine().execute(arguments);
                System.out.flush();
                System.err.flush();
                frame('x', Integer.toString(code));
            }
        } catch (Throwable broken) {
            broken.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static String[] decode(String line) {
        return Arrays.stream(line.split(" ")).map(word -> URLDecoder.decode(word, UTF_8)).toArray(String[]::new);
    }

    /** What the parent answers to an event of the command that runs: the next line on standard input. */
    static String answer() {
        try {
            return LINES.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static void frame(char kind, String content) {
        synchronized (FRAMES) {
            byte[] bytes = (kind + " " + content + "\n").getBytes(UTF_8);
            FRAMES.write(bytes, 0, bytes.length);
            FRAMES.flush();
        }
    }

    /** Turns what is printed into frames, a line each. */
    private static final class Lines extends OutputStream {
        private final char kind;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(char kind) {
            this.kind = kind;
        }

        @Override
        public synchronized void write(int value) {
            if (value == '\n') {
                frame(kind, line.toString(UTF_8));
                line.reset();
            } else if (value != '\r') {
                line.write(value);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                write(bytes[i]);
            }
        }
    }
}
