package aurorapipeline;

import java.nio.file.Path;
import java.util.Map;

/**
 * The directory and environment of a session: those of its process, unless the JVM was started before it was known what
 * to run ({@link Spare}).
 */
final class Settings {
    private static volatile Path directory = Path.of("").toAbsolutePath();
    private static volatile Map<String, String> environment = System.getenv();

    private Settings() {}

    static void give(Path newDirectory, Map<String, String> newEnvironment) {
        directory = newDirectory;
        environment = Map.copyOf(newEnvironment);
    }

    static Path directory() {
        return directory;
    }

    static Map<String, String> environment() {
        return environment;
    }

    /** Null if the variable is not set. */
    static String variable(String name) {
        return environment.get(name);
    }
}
