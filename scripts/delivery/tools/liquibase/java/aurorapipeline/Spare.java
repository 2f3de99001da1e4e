package aurorapipeline;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import liquibase.integration.commandline.LiquibaseCommandLine;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A {@link Session} in a JVM that is started ahead: it loads what takes long, reports that with a line on standard
 * output, and waits on standard input for one line, a JSON array of strings: the directory, the number of variables and
 * of properties, their names and values, and the arguments of the session. It ends when standard input does.
 */
public final class Spare {
    private Spare() {}

    public static void main(String[] none) throws Exception {
        PrintStream console = System.out;
        load();
        console.println("ready");
        console.flush();
        String line = new BufferedReader(new InputStreamReader(System.in, US_ASCII)).readLine();
        if (line == null) {
            return;
        }
        Iterator<String> given = Json.strings(line).iterator();
        Path directory = Path.of(given.next());
        int variables = Integer.parseInt(given.next());
        int properties = Integer.parseInt(given.next());
        Settings.give(directory, pairs(given, variables));
        pairs(given, properties).forEach(System::setProperty);
        List<String> arguments = new ArrayList<>();
        given.forEachRemaining(arguments::add);
        Session.main(arguments.toArray(String[]::new));
    }

    /** The commands' declarations, the driver and TLS: nothing that depends on the later command. */
    private static void load() throws Exception {
        PrintStream console = System.out;
        SessionCommands.limit();
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try {
            new LiquibaseCommandLine().execute(new String[] {"--version"});
        } finally {
            System.setOut(console);
        }
        // The drivers of all engines, each registered by its jar.
        DriverManager.getDrivers();
        SSLContext.getDefault();
    }

    private static Map<String, String> pairs(Iterator<String> given, int count) {
        Map<String, String> pairs = new HashMap<>();
        for (int i = 0; i < count; i++) {
            pairs.put(given.next(), given.next());
        }
        return pairs;
    }
}
