package aurorapipeline;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.executor.LoggingExecutor;
import liquibase.precondition.core.PreconditionContainer;

/**
 * Reports what happens to each changeset, as JSON (Liquibase's {@code --change-exec-listener-class}).
 *
 * <p>In a dry run ({@code update-sql}, {@code rollback-sql}) it also records each changeset's own SQL, and for an
 * update the SQL that would undo it: in one pass over the changelog, and without guessing which line of the output
 * belongs to which changeset.
 *
 * <p>Classes that also judge or control a run extend this one, and use it for reporting.
 */
public class Events extends AbstractChangeExecListener {
    private static final Pattern FAILED_SQL = Pattern.compile("\\[Failed SQL: (?:\\(\\d+\\) )?(.*)\\]", Pattern.DOTALL);
    private static final String EXECUTOR = "jdbc";

    private long startedAt;
    private Capture capture;
    private boolean preconditionsSent;
    /** Whether Liquibase queried the server while it generated the SQL of the changeset. */
    private boolean asked;
    private long sentBefore;
    /** Whether the changeset that is being undone was only marked as ran. */
    private boolean marked;
    /** In a dry run: the result of the preconditions; those of the current changeset, which Liquibase does not see. */
    private final Forecast forecast = new Forecast();
    private Forecast.Outcome outcome;
    private ChangeSet current;
    private PreconditionContainer preconditions;

    @Override
    public void willRun(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.RunStatus status) {
        start(database);
        describeChangelog(changeLog, database);
        Budget.at(changeSet);
        send(event("willRun", changeSet).with("runStatus", status.name()));
        if (capture != null) {
            decide(changeSet, changeLog, database);
        }
    }

    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.ExecType type) {
        Json event = timed("ran", changeSet).with("execType", type.name());
        if (capture != null) {
            List<String> sql = capture.take();
            restorePreconditions();
            event.with("sql", sql).with("readsDatabase", asked).withAll("files", FilesRead.end());
            Content.describe(changeSet, event);
            event.with("decision", outcome.json());
            forecast.passed(changeSet, outcome, sql);
            if (!outcome.is("Marked")) {
                describeUndo(changeSet, database, event);
            }
        }
        send(event);
    }

    @Override
    public void runFailed(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, Exception exception) {
        send(failed("runFailed", changeSet, exception));
    }

    @Override
    public void willRollback(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        marked = Marked.undoNothing(changeSet, database);
        start(database);
        beginAsking(database);
        Budget.at(changeSet);
        send(event("willRollback", changeSet).with("marked", marked));
    }

    @Override
    public void rolledBack(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        Json event = timed("rolledBack", changeSet).with("marked", marked);
        if (capture != null) {
            endAsking();
            event.with("sql", capture.take()).with("readsDatabase", asked).withAll("files", FilesRead.end());
            Content.describe(changeSet, event);
            describeRun(changeSet, database, event);
        }
        send(event);
    }

    @Override
    public void rollbackFailed(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, Exception exception) {
        send(failed("rollbackFailed", changeSet, exception));
    }

    /** Liquibase does not report a changeset that it passes over ({@code CONTINUE}) in any other way. */
    @Override
    public void preconditionFailed(PreconditionFailedException error, PreconditionContainer.FailOption onFail) {
        if (capture != null && outcome != null && outcome.is("Skipped")) {
            restorePreconditions();
            send(event("skipped", current).with("reason", outcome.reason));
            return;
        }
        send(new Json().with("event", "preconditionFailed").with("onFail", onFail.toString()).with("message", cause(error)));
    }

    @Override
    public void preconditionErrored(PreconditionErrorException error, PreconditionContainer.ErrorOption onError) {
        send(new Json().with("event", "preconditionFailed").with("onFail", onError.toString()).with("message", cause(error)));
    }

    /**
     * Between this call and {@link #ran(Change, ChangeSet, DatabaseChangeLog, Database)}, Liquibase generates the SQL
     * of the change.
     */
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

    /** Preconditions of the changelog and of all that it includes: they stop everything or nothing. */
    private void describeChangelog(DatabaseChangeLog changeLog, Database database) {
        Json described = capture == null || preconditionsSent ? null : Conditions.of(changeLog.getPreconditions());
        preconditionsSent = true;
        if (described != null) {
            String objection = Forecast.objection(changeLog, database);
            send(new Json().with("event", "changelog").with("preconditions", described).with("objection", objection));
        }
    }

    /** Liquibase then acts on the result of the preconditions, instead of what {@code onSqlOutput} says. */
    private void decide(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        current = changeSet;
        preconditions = changeSet.getPreconditions();
        outcome = forecast.of(changeSet, changeLog, database);
        boolean runs = !outcome.is("Marked") && !outcome.is("Skipped");
        changeSet.setPreconditions(runs ? null : new Unmet(outcome));
    }

    private void restorePreconditions() {
        current.setPreconditions(preconditions);
    }

    /** Preconditions that do not hold. */
    private static final class Unmet extends PreconditionContainer {
        private final String reason;

        Unmet(Forecast.Outcome outcome) {
            setOnFail(outcome.is("Marked") ? FailOption.MARK_RAN : FailOption.CONTINUE);
            reason = outcome.reason;
        }

        @Override
        public void check(Database database, DatabaseChangeLog changeLog, ChangeSet changeSet, ChangeExecListener listener)
            throws PreconditionFailedException {
            throw new PreconditionFailedException(reason, changeLog, this);
        }
    }

    /** Rolls the changeset back into the capture: nothing reaches the database. */
    private void describeUndo(ChangeSet changeSet, Database database, Json event) {
        FilesRead.begin();
        try {
            // Liquibase may still cache what it read from the database for the changeset.
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

    /**
     * What the changeset ran when it was applied, as far as it can be generated again: it shows which objects are its own.
     * Rows that it inserted do not.
     */
    private void describeRun(ChangeSet changeSet, Database database, Json event) {
        try {
            for (Change change : changeSet.getChanges()) {
                if (!Guard.isElsewhere(change, database)) {
                    capture.execute(change, List.of());
                }
            }
            event.with("ran", capture.take().stream().filter(text -> !isInsert(text)).collect(Collectors.toList()));
        } catch (Exception exception) {
            capture.take();
        } finally {
            beginAsking(database);
        }
    }

    private static boolean isInsert(String text) {
        return text.regionMatches(true, 0, "INSERT", 0, "INSERT".length());
    }

    /** Ensures that no transaction is open, whose end would be sent to the server. */
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
        return timed(name, changeSet)
            .with("message", cause(exception))
            .with("sqlState", sqlState(exception))
            .with("statement", statement(exception));
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

    /** The innermost cause: the outer ones repeat it. */
    static String cause(Throwable exception) {
        Throwable cause = exception;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    }

    /** The statement that failed, if it was one: Liquibase has it in its message only. */
    static String statement(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            Matcher failed = FAILED_SQL.matcher(String.valueOf(cause.getMessage()));
            if (failed.find()) {
                return failed.group(1).strip();
            }
        }
        return null;
    }

    /** The server's own error code, if the error came from the server. */
    private static String sqlState(Throwable exception) {
        SQLException error = serverError(exception);
        return error == null ? null : Dialect.codeOf(error);
    }

    /** The innermost error with a code of the server; null if there is none. */
    static SQLException serverError(Throwable exception) {
        SQLException found = null;
        for (Throwable cause = exception; cause != null && cause != cause.getCause(); cause = cause.getCause()) {
            if (cause instanceof SQLException && Dialect.codeOf((SQLException) cause) != null) {
                found = (SQLException) cause;
            }
        }
        return found;
    }
}
