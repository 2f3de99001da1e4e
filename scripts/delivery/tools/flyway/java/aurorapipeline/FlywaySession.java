package aurorapipeline;

import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.flywaydb.core.api.FlywayException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Runs Flyway's commands one after the other in one JVM. Its arguments are the socket of its parent ({@link Parent}), and
 * Flyway's configuration, alternately names and values. A command is the password that it connects with, its name, the URL
 * and its own arguments:
 * <ul>
 *   <li>{@code plan}, {@code plan-undo TAG}: what would run, with its statements; nothing is written
 *   <li>{@code mark TAG}: brings the pipeline's journal up to date, and writes the tag into it
 *   <li>{@code migrate}, {@code undo TAG}: runs it, each script as it was approved
 *   <li>{@code rehearse}, {@code rehearse-undo TAG}: runs it, and stops after each statement until the parent has looked
 * </ul>
 * Frames to the parent are {@code event}, {@code error} (a line of a message), {@code failure} (the server's own error),
 * {@code wait} and {@code exit}.
 */
public final class FlywaySession {
    private FlywaySession() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream console = System.err;
        // Flyway reports by its API; what it logs would be taken for a failure's message.
        LogManager.getLogManager().reset();
        Frames frames = Parent.connect(Path.of(arguments[0]));
        ErrorLines errors = new ErrorLines(frames);
        System.setErr(new PrintStream(errors, true, UTF_8));
        Map<String, String> configuration = new LinkedHashMap<>();
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            configuration.put(arguments[i], arguments[i + 1]);
        }
        Parent.serve(() -> {
            try {
                while (true) {
                    int code = run(new ArrayList<>(Parent.take()), configuration, frames);
                    System.err.flush();
                    errors.endLine();
                    frames.send("exit", Integer.toString(code));
                }
            } catch (Throwable broken) {
                broken.printStackTrace(console);
                Runtime.getRuntime().halt(1);
            }
        }, () -> null);
    }

    private static int run(List<String> command, Map<String, String> configuration, Frames frames) {
        try {
            SessionDataSource.Login login = new SessionDataSource.Login(command.get(2), command.get(3), command.get(0));
            new FlywayCommand(configuration, login).run(command.get(1), command.subList(4, command.size()));
            return 0;
        } catch (FlywayException | IllegalStateException failed) {
            SQLException error = serverError(failed);
            if (error != null) {
                Json failure = new Json().with("message", error.getMessage()).with("sqlState", Dialect.codeOf(error));
                frames.send("failure", failure.toString());
            }
            System.err.println(error == null ? failed.getMessage() : error.getMessage());
            return 1;
        }
    }

    /** The innermost error with a code of the server; null if there is none. */
    static SQLException serverError(Throwable exception) {
        SQLException found = null;
        for (Throwable cause = exception; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
            if (cause instanceof SQLException && Dialect.codeOf((SQLException) cause) != null) {
                found = (SQLException) cause;
            }
        }
        return found;
    }
}
