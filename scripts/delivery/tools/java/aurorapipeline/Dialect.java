package aurorapipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What this session needs to know of the engine's SQL and of its driver, as the parent's engine gives it: {@code JdbcDialect} in
 * {@code engine.ts}. A JSON array of strings, alternately a name and a value; a name may occur several times.
 */
final class Dialect {
    private static final String VARIABLE = "JDBC_DIALECT";

    private Dialect() {}

    /** Null if the engine gives none. */
    static String text(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.get(0);
    }

    static List<String> all(String name) {
        return Holder.VALUES.getOrDefault(name, List.of());
    }

    static boolean is(String name) {
        return "true".equals(text(name));
    }

    /** Replaces {@code {table}} and the like: names are not values that a driver could bind. */
    static String fill(String template, Map<String, String> values) {
        String filled = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue());
        }
        return filled;
    }

    /** A limit in the units that an engine may count in; a limit of less than a second is one of a second there. */
    static Map<String, String> limits(long lockMilliseconds, long statementMilliseconds) {
        return Map.of(
            "lockMilliseconds", Long.toString(lockMilliseconds),
            "lockSeconds", Long.toString((lockMilliseconds + 999) / 1000),
            "statementMilliseconds", Long.toString(statementMilliseconds)
        );
    }

    static void execute(List<String> statements, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The server's own code of an error: of some engines the SQLSTATE, of others a number. Null if it has none. */
    static String codeOf(SQLException exception) {
        if (is("numberedErrors")) {
            return exception.getErrorCode() == 0 ? exception.getSQLState() : Integer.toString(exception.getErrorCode());
        }
        return exception.getSQLState();
    }

    /** Read late: a session in a JVM that was started ahead knows its environment only then. */
    private static final class Holder {
        private static final Map<String, List<String>> VALUES = read();

        private static Map<String, List<String>> read() {
            String given = Settings.variable(VARIABLE);
            List<String> texts = given == null ? List.of() : Json.strings(given);
            Map<String, List<String>> values = new HashMap<>();
            for (int i = 0; i + 1 < texts.size(); i += 2) {
                values.computeIfAbsent(texts.get(i), name -> new ArrayList<>()).add(texts.get(i + 1));
            }
            return values;
        }
    }
}
