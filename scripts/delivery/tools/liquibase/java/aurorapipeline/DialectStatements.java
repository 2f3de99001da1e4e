package aurorapipeline;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/** Sends statements of the {@link Dialect} by Liquibase's own connection. */
final class DialectStatements {
    private DialectStatements() {}

    static void execute(List<String> statements, JdbcConnection connection) throws DatabaseException, SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
