package aurorapipeline;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
 * Guards changes to a real database (Liquibase's {@code --change-exec-listener-class}).
 *
 * <p>Each changeset runs as it was approved, or not at all: see {@link Approved}. It runs with its own timeouts. And
 * each changeset that runs in a transaction is written to the history, or removed from it, in that same transaction:
 * Liquibase by itself commits the change first and its history afterwards, so that a build that dies in between would
 * run the change a second time.
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

    /** After the last change, the transaction is still open. */
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

    /**
     * The history comes first: Liquibase has no hook between the rollback's last statement and its commit. Where DDL commits
     * by itself, that would forget a changeset whose rollback then fails; there Liquibase's own order stays.
     */
    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        rollingBack = true;
        boolean marked = Marked.undoNothing(changeSet, database);
        approved = Approved.install(database);
        approved.mayRollback(changeSet, marked);
        limit(changeSet, database);
        super.willRollback(changeSet, changeLog, database);
        if (changeSet.isRunInTransaction() && Dialect.is("transactionalDdl")) {
            forget(changeSet, database);
        }
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        approved.end();
        super.rolledBack(changeSet, changeLog, database);
    }

    /**
     * Sets the timeouts for this changeset, overriding settings that the previous one left. Outside a transaction there
     * are none where DDL is transactional: an index that is built concurrently waits for every older snapshot in the
     * database, however unrelated, and an interrupted build leaves an invalid index. Changes that are reported as applied are on disk: if a commit
     * returned earlier than that, a server crash would lose them.
     */
    private void limit(ChangeSet changeSet, Database database) {
        boolean limited = changeSet.isRunInTransaction() || !Dialect.is("transactionalDdl");
        Map<String, String> limits = Dialect.limits(limited ? lockTimeout : 0, limited ? statementTimeout : 0);
        List<String> settings = Dialect.all("limit").stream().map(one -> Dialect.fill(one, limits)).collect(Collectors.toList());
        DatabaseConnection connection = database.getConnection();
        try {
            if (connection instanceof JdbcConnection) {
                DialectStatements.execute(settings, (JdbcConnection) connection);
                // Liquibase ends the preconditions with a ROLLBACK, which would revert the settings.
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

    /** Liquibase does not report changes for another database or operating system. */
    private static boolean isLast(Change change, ChangeSet changeSet, Database database) {
        List<Change> changes = changeSet.getChanges();
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (!isElsewhere(changes.get(i), database)) {
                return changes.get(i) == change;
            }
        }
        return false;
    }

    /** Whether it is for another database or operating system. */
    static boolean isElsewhere(Change change, Database database) {
        boolean foreign = change instanceof DbmsTargetedChange
            && !DatabaseList.definitionMatches(((DbmsTargetedChange) change).getDbms(), database, true);
        return foreign || !change.shouldRunOnOs();
    }

    private static long milliseconds(String variable) {
        return Long.parseLong(Settings.variable(variable));
    }
}
