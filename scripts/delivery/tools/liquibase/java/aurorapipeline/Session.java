package aurorapipeline;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.configuration.LiquibaseConfiguration;
import liquibase.integration.commandline.LiquibaseCommandLine;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Runs Liquibase commands one after the other in one JVM: starting a JVM for each costs about a second.
 *
 * <p>Its first argument is the socket of its parent ({@link Frames}). A frame from there is one command: the password that it
 * connects with, the changesets that it only marks as run ({@link Adopted}) after their number, then its arguments; or, while a command runs that asks its parent something (see {@link Proof}), the
 * answer. So no password is among the arguments or in the environment of a process, and each command may have another
 * one. Frames to the parent are:
 * <ul>
 *   <li>{@code error}: a line that Liquibase printed on standard error
 *   <li>{@code event}: what happened to a changeset, see {@link Events}
 *   <li>{@code failure}: the server's own error that ended the command: its message and its code
 *   <li>{@code otherJars}: a jar would load others ({@link OtherJars}); the process ends
 *   <li>{@code wait}: so many milliseconds the command has waited for the server by now; said again and again
 *   <li>{@code exceeded}: the dry run has used up its {@link Budget}; the process ends
 *   <li>{@code exit}: the command ended with this exit code
 * </ul>
 * One connection for all of them keeps them in order.
 */
public final class Session {
    private static final Password PASSWORD = new Password();
    private static Frames frames;

    private Session() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream console = System.err;
        SessionCommands.limit();
        frames = Parent.connect(Path.of(arguments[0]));
        refuseOtherJars(List.of(arguments));
        WarmUp.begin();
        ErrorLines errors = new ErrorLines(frames);
        System.setErr(new PrintStream(errors, true, UTF_8));

        prepare(List.of(arguments));
        Parent.serve(() -> run(errors, console), Budget::exceeded);
    }

    /** Before anything that looks for classes beyond ours. */
    private static void refuseOtherJars(List<String> arguments) throws IOException {
        for (Path jar : arguments.get(1).equals("allowCode") ? jars(arguments) : List.<Path>of()) {
            String place = OtherJars.namedIn(jar);
            if (place != null) {
                frames.send("otherJars", new Json().with("file", jar.toString()).with("place", place).toString());
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private static List<Path> jars(List<String> arguments) {
        return arguments.stream().skip(3).map(Path::of).collect(Collectors.toList());
    }

    /**
     * Sets up what all commands share, before Liquibase reads anything. The arguments after the socket: {@code
     * allowCode} or not, the changelog that the parent writes, and the jars whose files a changelog can read.
     */
    private static void prepare(List<String> arguments) throws IOException {
        if (arguments.get(1).equals("allowCode")) {
            Gate.allowCode();
        }
        Gate.close();
        LiquibaseConfiguration configuration = Scope.getCurrentScope().getSingleton(LiquibaseConfiguration.class);
        configuration.registerProvider(PASSWORD);
        FixedSettings.register(configuration);
        SourcesHandler.serve(new Sources(Settings.directory(), jars(arguments), Path.of(arguments.get(2))));
    }

    private static void run(ErrorLines errors, PrintStream console) {
        try {
            // It consists of all options of all commands, which takes a tenth of a second: it is built before the parent has
            // sent a command, and serves all of them, because it forgets the options of a command when it reads the next.
            LiquibaseCommandLine liquibase = new Reporting();
            while (true) {
                List<String> command = Parent.take();
                PASSWORD.set(command.get(0));
                int adopted = Integer.parseInt(command.get(1));
                Adopted.set(command.subList(2, 2 + adopted));
                String[] arguments = command.subList(2 + adopted, command.size()).toArray(String[]::new);
                Budget.begin(List.of(arguments));
                int code = liquibase.execute(arguments);
                Budget.end();
                System.err.flush();
                errors.endLine();
                frames.send("exit", Integer.toString(code));
            }
        } catch (Throwable broken) {
            broken.printStackTrace(console);
            Runtime.getRuntime().halt(1);
        }
    }

    /** Also says what the server itself reported: in Liquibase's report its words are among Liquibase's. */
    private static final class Reporting extends LiquibaseCommandLine {
        @Override
        protected int handleException(Throwable exception) {
            SQLException error = Events.serverError(exception);
            if (error != null) {
                Json failure = new Json().with("message", error.getMessage()).with("sqlState", Dialect.codeOf(error));
                frames.send("failure", failure.toString());
            }
            return super.handleException(exception);
        }
    }

    /** The parent's answer to an event of the running command: the next frame. */
    static String answer() {
        return answers().get(0);
    }

    /** The same for an answer with any number of words. */
    static List<String> answers() {
        return Parent.take();
    }

    /** Reports to the delivery program; a standalone Liquibase with these classes has no program to report to. */
    static void send(Json event) {
        Parent.send(event);
    }
}
