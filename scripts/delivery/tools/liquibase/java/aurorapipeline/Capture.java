package aurorapipeline;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import liquibase.change.Change;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.LoggingExecutor;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.ExecutablePreparedStatementBase;
import liquibase.statement.SqlStatement;

/** Records statements instead of running them; reads still go to the database. */
final class Capture extends LoggingExecutor {
    private final StringWriter text;
    private final List<String> statements = new ArrayList<>();

    Capture(Executor reader, Database database) {
        this(reader, database, new StringWriter());
    }

    private Capture(Executor reader, Database database, StringWriter text) {
        super(reader, text, database);
        this.text = text;
    }

    /** The statements since the last call. */
    List<String> take() {
        List<String> taken = List.copyOf(statements);
        statements.clear();
        return taken;
    }

    @Override
    public void execute(SqlStatement statement) throws DatabaseException {
        execute(statement, List.of());
    }

    @Override
    public void execute(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        if (statement instanceof ExecutablePreparedStatementBase) {
            statements.addAll(Prepared.describe((ExecutablePreparedStatementBase) statement));
        } else {
            super.execute(statement, visitors);
            keep();
        }
    }

    @Override
    public void execute(Change change, List<SqlVisitor> visitors) throws DatabaseException {
        Statements.execute(this, change, database, visitors);
    }

    @Override
    public void comment(String message) {
        // names the changeset, which the reader knows
    }

    private void keep() {
        String statement = text.toString().strip();
        text.getBuffer().setLength(0);
        if (!statement.isEmpty()) {
            statements.add(statement);
        }
    }
}
