package aurorapipeline;

import java.sql.SQLException;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.database.DatabaseConnection;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * Stops at the beginning of each changeset, after each of its changes (while its transaction is open and holds all its
 * locks) and at its end, until the parent has inspected the server and answered (Liquibase's {@code
 * --change-exec-listener-class}). So even a change of a millisecond is observed.
 */
public final class Rehearsal extends Events {
    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.RunStatus status) {
        ask("begin", changeSet);
        super.willRun(changeSet, changeLog, database, status);
    }

    @Override
    public void ran(Change change, ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        countRows(database);
        ask("look", changeSet);
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.ExecType type) {
        super.ran(changeSet, changeLog, database, type);
        ask("end", changeSet);
    }

    @Override
    public void runFailed(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, Exception exception) {
        super.runFailed(changeSet, changeLog, database, exception);
        ask("end", changeSet);
    }

    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        ask("begin", changeSet);
        super.willRollback(changeSet, changeLog, database);
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        super.rolledBack(changeSet, changeLog, database);
        ask("end", changeSet);
    }

    @Override
    public void rollbackFailed(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, Exception exception) {
        super.rollbackFailed(changeSet, changeLog, database, exception);
        ask("end", changeSet);
    }

    /** A server may count the rows of a transaction at its end, but publish the counts later unless asked. */
    private static void countRows(Database database) {
        DatabaseConnection connection = database.getConnection();
        String since = Dialect.text("countRowsSince");
        try {
            if (since != null && connection instanceof JdbcConnection && database.getDatabaseMajorVersion() >= Integer.parseInt(since)) {
                DialectStatements.execute(Dialect.all("countRows"), (JdbcConnection) connection);
            }
        } catch (DatabaseException | SQLException exception) {
            throw new IllegalStateException(exception);
        }
    }

    private static void ask(String step, ChangeSet changeSet) {
        send(event(step, changeSet));
        Session.answer();
    }
}
