package aurorapipeline;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.DbmsTargetedChange;
import liquibase.changelog.ChangeLogHistoryService;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.database.DatabaseConnection;
import liquibase.database.DatabaseList;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.executor.ExecutorService;
import liquibase.statement.core.RemoveChangeSetRanStatusStatement;

/**
 * Guards what changes a real database (Liquibase's {@code --change-exec-listener-class}).
 *
 * <p>Each changeset runs as it was approved, or not at all: see {@link Approved}. It runs under time-outs of its own. And each one that runs in a transaction is written into the history,
 * or taken out of it, in that same transaction: Liquibase by itself commits the change first and its history after, so
 * that a build which dies in between runs the change a second time.
 */
public final class Guard extends Events {
    private final long lockTimeout = milliseconds("LOCK_TIMEOUT_MILLISECONDS");
    private final long statementTimeout = milliseconds("STATEMENT_TIMEOUT_MILLISECONDS");

    private boolean rollingBack;
    private ChangeSet.RunStatus runStatus;
    private Approved approved;

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.RunStatus status) {
        rollingBack = false;
        runStatus = status;
        approved = Approved.install(database);
        approved.mayRun(changeSet, changeLog, status);
        limit(changeSet, database);
        super.willRun(changeSet, changeLog, database, status);
    }

    /** After the last change the transaction is still open. */
    @Override
    public void ran(Change change, ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        if (rollingBack || !isLast(change, changeSet, database)) {
            return;
        }
        approved.requireAllSent();
        if (changeSet.isRunInTransaction()) {
            boolean first = runStatus == ChangeSet.RunStatus.NOT_RAN;
            record(changeSet, database, first ? ChangeSet.ExecType.EXECUTED : ChangeSet.ExecType.RERAN);
        }
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.ExecType type) {
        approved.end();
        super.ran(changeSet, changeLog, database, type);
    }

    /** The history first: Liquibase gives no chance between the rollback's last statement and its commit. */
    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        rollingBack = true;
        approved = Approved.install(database);
        approved.mayRollback(changeSet);
        limit(changeSet, database);
        super.willRollback(changeSet, changeLog, database);
        if (changeSet.isRunInTransaction()) {
            forget(changeSet, database);
        }
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        approved.end();
        super.rolledBack(changeSet, changeLog, database);
    }

    /**
     * Sets the time-outs for this changeset, also over what the one before left set. Outside a transaction there are
     * none: an index that is built concurrently waits for every older snapshot in the database, however unrelated, and
     * one that is cut off leaves an invalid index. What is reported as applied is on disk: where a commit returns before
     * that, a server that crashes forgets it.
     */
    private void limit(ChangeSet changeSet, Database database) {
        boolean limited = changeSet.isRunInTransaction();
        String settings = "SET lock_timeout = " + (limited ? lockTimeout : 0)
            + "; SET statement_timeout = " + (limited ? statementTimeout : 0)
            + "; SELECT set_config('synchronous_commit', 'on', false)"
            + " WHERE current_setting('synchronous_commit') = 'off'";
        DatabaseConnection connection = database.getConnection();
        try {
            if (connection instanceof JdbcConnection) {
                try (Statement statement = ((JdbcConnection) connection).createStatement()) {
                    statement.execute(settings);
                }
                // Liquibase ends the preconditions with a ROLLBACK, which would take the settings back.
                connection.commit();
            }
        } catch (DatabaseException | SQLException exception) {
            throw new IllegalStateException("The time-outs cannot be set: " + cause(exception), exception);
        }
    }

    private static void record(ChangeSet changeSet, Database database, ChangeSet.ExecType type) {
        ChangeLogHistoryServiceFactory histories =
            Scope.getCurrentScope().getSingleton(ChangeLogHistoryServiceFactory.class);
        ChangeLogHistoryService history = histories.getChangeLogService(database);
        try {
            ((History) history).recordNow(changeSet, type);
        } catch (DatabaseException exception) {
            throw new IllegalStateException(exception);
        }
    }

    private static void forget(ChangeSet changeSet, Database database) {
        ExecutorService executors = Scope.getCurrentScope().getSingleton(ExecutorService.class);
        try {
            executors.getExecutor("jdbc", database).execute(new RemoveChangeSetRanStatusStatement(changeSet));
        } catch (DatabaseException exception) {
            throw new IllegalStateException(exception);
        }
    }

    /** Liquibase tells of no change that is for another database or operating system. */
    private static boolean isLast(Change change, ChangeSet changeSet, Database database) {
        List<Change> changes = changeSet.getChanges();
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change other = changes.get(i);
            boolean elsewhere = other instanceof DbmsTargetedChange
                && !DatabaseList.definitionMatches(((DbmsTargetedChange) other).getDbms(), database, true);
            if (!elsewhere && other.shouldRunOnOs()) {
                return other == change;
            }
        }
        return false;
    }

    private static long milliseconds(String variable) {
        return Long.parseLong(System.getenv(variable));
    }
}
