package aurorapipeline;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.integration.commandline.LiquibaseCommandLine;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Runs Liquibase commands one after the other in one JVM: starting a JVM for each costs about a second.
 *
 * <p>Its first argument is the socket of its parent ({@link Frames}). A frame from there is one command: the password that it
 * connects with, then its arguments; or, while a command runs that asks its parent something (see {@link Proof}), the
 * answer. So no password is among the arguments or in the environment of a process, and each command may have another
 * one. Frames to the parent are:
 * <ul>
 *   <li>{@code error}: a line that Liquibase printed on standard error
 *   <li>{@code event}: what happened to a changeset, see {@link Events}
 *   <li>{@code wait}: so many milliseconds the command has waited for the server by now; said again and again
 *   <li>{@code exit}: the command ended with this exit code
 * </ul>
 * One connection for all of them keeps them in order.
 */
public final class Session {
    private static final LinkedBlockingQueue<List<String>> RECEIVED = new LinkedBlockingQueue<>();
    /** The frame that gives up on the server: whatever waits for it fails. No command and no answer looks like it. */
    private static final List<String> ABORT = List.of("!abort");
    /** Address space, of which a thread uses what it needs: Liquibase and its libraries recurse for what is nested. */
    private static final long STACK_BYTES = 64L << 20;
    private static final long WAIT_TOLD_AFTER_MILLISECONDS = 1500;
    private static final Password PASSWORD = new Password();
    private static Frames frames;

    private Session() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream console = System.err;
        frames = Frames.connect(Path.of(arguments[0]));
        ErrorLines errors = new ErrorLines(frames);
        System.setErr(new PrintStream(errors, true, UTF_8));

        prepare(List.of(arguments));
        Thread runner = new Thread(null, () -> run(errors, console), "runner", STACK_BYTES);
        runner.setDaemon(true);
        runner.start();

        Thread waits = new Thread(Session::tellWaits, "waits");
        waits.setDaemon(true);
        waits.start();

        for (List<String> frame = frames.receive(); frame != null; frame = frames.receive()) {
            if (frame.equals(ABORT)) {
                Sockets.abort();
            } else {
                RECEIVED.add(frame);
            }
        }
        // The parent closes the connection when it is done or dead: a command that still runs must not outlive it.
        Runtime.getRuntime().halt(0);
    }

    /**
     * Sets up what all commands share, before Liquibase reads anything. The arguments after the socket: {@code allowCode}
     * or not, the changelog that the parent writes, and the jars whose files a changelog can read.
     */
    private static void prepare(List<String> arguments) throws IOException {
        if (arguments.get(1).equals("allowCode")) {
            Gate.allowCode();
        }
        Gate.close();
        LiquibaseConfiguration configuration = Scope.getCurrentScope().getSingleton(LiquibaseConfiguration.class);
        configuration.registerProvider(PASSWORD);
        FixedSettings.register(configuration);
        List<Path> jars = arguments.stream().skip(3).map(Path::of).collect(Collectors.toList());
        SourcesHandler.serve(new Sources(Path.of("").toAbsolutePath(), jars, Path.of(arguments.get(2))));
    }

    private static void run(ErrorLines errors, PrintStream console) {
        try {
            while (true) {
                List<String> command = RECEIVED.take();
                PASSWORD.set(command.get(0));
                String[] arguments = command.subList(1, command.size()).toArray(String[]::new);
                int code = new LiquibaseCommandLine().execute(arguments);
                System.err.flush();
                errors.endLine();
                frames.send("exit", Integer.toString(code));
            }
        } catch (Throwable broken) {
            broken.printStackTrace(console);
            Runtime.getRuntime().halt(1);
        }
    }

    private static void tellWaits() {
        try {
            while (true) {
                Thread.sleep(1000);
                long waited = Sockets.waitedMillis();
                if (waited >= WAIT_TOLD_AFTER_MILLISECONDS) {
                    frames.send("wait", Long.toString(waited));
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the parent answers to an event of the command that runs: the next frame. */
    static String answer() {
        return answers().get(0);
    }

    /** The same of more than one word, or none. */
    static List<String> answers() {
        try {
            return RECEIVED.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static void send(Json event) {
        frames.send("event", event.toString());
    }
}
