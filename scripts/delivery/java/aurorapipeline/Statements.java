package aurorapipeline;

import java.util.List;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.SqlStatement;

/**
 * Executes a change's statements as Liquibase's {@code AbstractExecutor} does, but builds no log message of the change's
 * whole SQL for each statement: 100,000 statements of 10 MB would copy a terabyte. Liquibase builds it even where nobody
 * logs it.
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

    /** Liquibase's own executor, with the statements of a change executed here. Named in {@code META-INF/services}. */
    public static final class Jdbc extends JdbcExecutor {
        @Override
        public int getPriority() {
            return super.getPriority() + 1;
        }

        @Override
        public void execute(Change change, List<SqlVisitor> visitors) throws DatabaseException {
            Statements.execute(this, change, database, visitors);
        }
    }
}
