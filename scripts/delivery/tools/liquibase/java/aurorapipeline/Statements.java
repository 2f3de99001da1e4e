package aurorapipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.executor.jvm.StatementCallback;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.SqlStatement;

/**
 * Executes a change's statements as Liquibase's {@code AbstractExecutor} does, but does not build a log message of the
 * change's whole SQL for each statement: for 100,000 statements of 10 MB in total, that would copy a terabyte.
 * Liquibase builds the message even if it is not logged.
 */
final class Statements {
    private Statements() {}

    static void execute(Executor executor, Change change, Database database, List<SqlVisitor> visitors)
        throws DatabaseException {
        SqlStatement[] statements = change.generateStatements(database);
        if (statements == null) {
            return;
        }
        for (SqlStatement statement : statements) {
            if (!statement.skipOnUnsupported() || SqlGeneratorFactory.getInstance().supports(statement, database)) {
                execute(executor, statement, visitors);
            }
        }
    }

    private static void execute(Executor executor, SqlStatement statement, List<SqlVisitor> visitors)
        throws DatabaseException {
        try {
            executor.execute(statement, visitors);
        } catch (DatabaseException exception) {
            if (!statement.continueOnError()) {
                throw exception;
            }
            String message = "Error executing statement '" + statement + "', but continuing";
            Scope.getCurrentScope().getLog(Statements.class).severe(message, exception);
        }
    }

    /**
     * Liquibase's own executor, but with the statements of a change executed here, and those for Liquibase's own tables
     * with a path of their own. Registered in {@code META-INF/services}.
     */
    public static class Jdbc extends JdbcExecutor {
        @Override
        public int getPriority() {
            return super.getPriority() + 1;
        }

        @Override
        public void execute(Change change, List<SqlVisitor> visitors) throws DatabaseException {
            Statements.execute(this, change, database, visitors);
        }

        @Override
        public Object execute(StatementCallback action, List<SqlVisitor> visitors) throws DatabaseException {
            if (!PinnedPath.isFor(action.getStatement()) || !(database.getConnection() instanceof JdbcConnection)) {
                return super.execute(action, visitors);
            }
            // Liquibase asks the server once for the schema that it qualifies names with.
            database.getDefaultSchemaName();
            Connection connection = ((JdbcConnection) database.getConnection()).getUnderlyingConnection();
            try {
                return PinnedPath.with(connection, () -> super.execute(action, visitors));
            } catch (SQLException exception) {
                throw new DatabaseException(exception);
            }
        }
    }
}
