package aurorapipeline;

import java.sql.SQLException;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.executor.LoggingExecutor;
import liquibase.precondition.core.PreconditionContainer;

/**
 * Says what happens to each changeset, as JSON (Liquibase's {@code --change-exec-listener-class}).
 *
 * <p>In a dry run ({@code update-sql}, {@code rollback-sql}) it also takes down each changeset's own SQL, and for an
 * update the SQL that would undo it: one pass over the changelog, and no guessing which line of the output belongs to
 * which changeset.
 *
 * <p>What also judges or steers a run extends this, and calls it for what it says.
 */
public class Events extends AbstractChangeExecListener {
    private static final String EXECUTOR = "jdbc";

    private long startedAt;
    private Capture capture;
    private boolean preconditionsSent;
    /** Whether Liquibase asked the server for anything while it made the SQL of the changeset. */
    private boolean asked;
    private long sentBefore;

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.RunStatus status) {
        start(database);
        describeChangelog(changeLog);
        send(event("willRun", changeSet).with("runStatus", status.name()));
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.ExecType type) {
        Json event = timed("ran", changeSet).with("execType", type.name());
        if (capture != null) {
            event.with("sql", capture.take()).with("readsDatabase", asked).withAll("files", FilesRead.end());
            Content.describe(changeSet, event);
            describeUndo(changeSet, database, event);
        }
        send(event);
    }

    @Override
    public void runFailed(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, Exception exception) {
        send(failed("runFailed", changeSet, exception));
    }

    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        start(database);
        beginAsking(database);
        send(event("willRollback", changeSet));
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        Json event = timed("rolledBack", changeSet);
        if (capture != null) {
            endAsking();
            event.with("sql", capture.take()).with("readsDatabase", asked).withAll("files", FilesRead.end());
            Content.describe(changeSet, event);
        }
        send(event);
    }

    @Override
    public void rollbackFailed(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, Exception exception) {
        send(failed("rollbackFailed", changeSet, exception));
    }

    @Override
    public void preconditionFailed(PreconditionFailedException error, PreconditionContainer.FailOption onFail) {
        send(new Json().with("event", "preconditionFailed").with("onFail", onFail.toString()).with("message", cause(error)));
    }

    @Override
    public void preconditionErrored(PreconditionErrorException error, PreconditionContainer.ErrorOption onError) {
        send(new Json().with("event", "preconditionFailed").with("onFail", onError.toString()).with("message", cause(error)));
    }

    /** Between this and {@link #ran(Change, ChangeSet, DatabaseChangeLog, Database)} Liquibase makes the SQL of the change. */
    @Override
    public void willRun(Change change, ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        sentBefore = Sockets.sent();
    }

    @Override
    public void ran(Change change, ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        endAsking();
    }

    private void start(Database database) {
        startedAt = System.nanoTime();
        ExecutorService executors = Scope.getCurrentScope().getSingleton(ExecutorService.class);
        Executor current = executors.getExecutor(EXECUTOR, database);
        asked = false;
        if (current instanceof Capture) {
            ((Capture) current).take();
        } else if (current instanceof LoggingExecutor) {
            capture = new Capture(current, database);
            executors.setExecutor(EXECUTOR, database, capture);
        }
        if (capture != null) {
            FilesRead.begin();
        }
    }

    /** Preconditions of the changelog, and of all that it includes: they stop everything, or nothing. */
    private void describeChangelog(DatabaseChangeLog changeLog) {
        Json preconditions = capture == null || preconditionsSent ? null : Conditions.of(changeLog.getPreconditions());
        preconditionsSent = true;
        if (preconditions != null) {
            send(new Json().with("event", "changelog").with("preconditions", preconditions));
        }
    }

    /** Rolls the changeset back into the capture: nothing reaches the database. */
    private void describeUndo(ChangeSet changeSet, Database database, Json event) {
        FilesRead.begin();
        try {
            // What it learned from the database for the changeset, Liquibase may still know.
            boolean knows = asked;
            beginAsking(database);
            changeSet.rollback(database, null);
            endAsking();
            asked |= knows;
            event.with("undo", capture.take()).with("undoReadsDatabase", asked).withAll("undoFiles", FilesRead.end());
        } catch (Exception exception) {
            capture.take();
            FilesRead.end();
            event.with("undoError", cause(exception));
        }
    }

    /** With no transaction open, which its end would tell the server. */
    private void beginAsking(Database database) {
        try {
            if (capture != null) {
                database.getConnection().rollback();
            }
        } catch (DatabaseException exception) {
            throw new IllegalStateException(exception);
        }
        asked = false;
        sentBefore = Sockets.sent();
    }

    private void endAsking() {
        asked |= Sockets.sent() != sentBefore;
    }

    private Json timed(String name, ChangeSet changeSet) {
        return event(name, changeSet).with("milliseconds", (System.nanoTime() - startedAt) / 1_000_000);
    }

    private Json failed(String name, ChangeSet changeSet, Throwable exception) {
        return timed(name, changeSet).with("message", cause(exception)).with("sqlState", sqlState(exception));
    }

    static Json event(String name, ChangeSet changeSet) {
        return new Json()
            .with("event", name)
            .with("id", changeSet.getId())
            .with("author", changeSet.getAuthor())
            .with("file", changeSet.getFilePath())
            .with("comment", changeSet.getComments())
            .with("runInTransaction", changeSet.isRunInTransaction());
    }

    static void send(Json event) {
        Session.send(event);
    }

    /** The innermost reason: what surrounds it repeats it. */
    static String cause(Throwable exception) {
        Throwable cause = exception;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    }

    /** The server's own code of what went wrong, if it came from the server. */
    private static String sqlState(Throwable exception) {
        String state = null;
        for (Throwable cause = exception; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
            if (cause instanceof SQLException && ((SQLException) cause).getSQLState() != null) {
                state = ((SQLException) cause).getSQLState();
            }
        }
        return state;
    }
}
