package aurorapipeline;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.ExecutablePreparedStatementBase;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;
import liquibase.statement.core.RuntimeStatement;

/**
 * Liquibase's own executor, which sends what the parent has approved and nothing else. Before anything of a changeset runs
 * it makes the changeset's SQL, in the same way as a plan does, and asks; then it compares each statement with that before
 * it is sent. The plan may be hours old, and what is pending comes from a history that a changeset before may have
 * changed.
 *
 * <p>The parent answers {@code go} or {@code stop}. First it names the changesets whose statements are not compared: making
 * them reads the database, so that they may become others, or runs code of the repository. Of these all else is compared,
 * with the files that they read.
 */
final class Approved extends JdbcExecutor {
    private static final String NAME = "jdbc";

    private final Capture capture;
    private Set<String> uncompared;
    private ChangeSet current;
    /** What is still to be sent; null where it is not compared. */
    private Deque<String> expected = new ArrayDeque<>();
    private int filesApproved;
    private boolean stopped;

    private Approved(Database database) {
        setDatabase(database);
        capture = new Capture(this, database);
    }

    /** Takes the place of Liquibase's executor, until the command ends with its database. */
    static Approved install(Database database) {
        Executor executor = executors().getExecutor(NAME, database);
        if (executor instanceof Approved) {
            return (Approved) executor;
        }
        Approved approved = new Approved(database);
        executors().setExecutor(NAME, database, approved);
        return approved;
    }

    void mayRun(ChangeSet changeSet, DatabaseChangeLog changeLog, ChangeSet.RunStatus status) {
        Json question = Events.event("mayRun", changeSet).with("runStatus", status.name());
        decide(changeSet, question, () -> changeSet.execute(changeLog, null, database));
    }

    void mayRollback(ChangeSet changeSet) {
        decide(changeSet, Events.event("mayRollback", changeSet), () -> changeSet.rollback(database, null));
    }

    /** Nothing of the changeset is left unsent. */
    void requireAllSent() {
        if (expected != null && !expected.isEmpty()) {
            refuse("A statement that was approved is not run: " + expected.peek());
        }
    }

    /** From here on only Liquibase's own bookkeeping. */
    void end() {
        expected = new ArrayDeque<>();
        FilesRead.end();
    }

    @Override
    public void execute(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        check(statement, visitors);
        super.execute(statement, visitors);
    }

    @Override
    public int update(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        check(statement, visitors);
        return super.update(statement, visitors);
    }

    private interface Work {
        void run() throws LiquibaseException;
    }

    private void decide(ChangeSet changeSet, Json question, Work work) {
        if (uncompared == null) {
            Session.send(new Json().with("event", "mayBegin"));
            uncompared = Set.copyOf(Session.answers());
        }
        current = changeSet;
        filesApproved = 0;
        Content.describe(changeSet, question);
        FilesRead.begin();
        if (uncompared.contains(changeSet.getFilePath() + "::" + changeSet.getId() + "::" + changeSet.getAuthor())) {
            expected = null;
            ask(question);
        } else {
            List<String> statements = preview(work);
            ask(question.with("sql", statements).withAll("files", FilesRead.end()));
            expected = new ArrayDeque<>(statements);
        }
    }

    /** What it would send, as in a plan. */
    private List<String> preview(Work work) {
        executors().setExecutor(NAME, database, capture);
        try {
            work.run();
            return capture.take();
        } catch (LiquibaseException exception) {
            throw new IllegalStateException("Its SQL cannot be made: " + Events.cause(exception), exception);
        } finally {
            executors().setExecutor(NAME, database, this);
        }
    }

    private void check(SqlStatement statement, List<SqlVisitor> visitors) throws DatabaseException {
        if (stopped) {
            throw new IllegalStateException("The run was stopped.");
        }
        if (statement instanceof RuntimeStatement) {
            // Does what it does when its SQL is made, and would do it twice: a message, or a program, which is code.
            return;
        }
        if (expected == null) {
            if (statement instanceof ExecutablePreparedStatementBase) {
                Prepared.describe((ExecutablePreparedStatementBase) statement);
            }
            askForFiles();
            return;
        }
        capture.execute(statement, visitors);
        // Nothing for Liquibase's history and its lock.
        for (String text : capture.take()) {
            if (text.equals(expected.peek())) {
                expected.remove();
            } else if (!isSearchPath(statement, text)) {
                refuse("A statement that was not approved would run: " + text);
            }
        }
    }

    /** Files of a changeset whose statements are not compared: each is opened before the statement that it goes into. */
    private void askForFiles() {
        Collection<Json> files = FilesRead.all();
        if (files.size() != filesApproved) {
            filesApproved = files.size();
            ask(Events.event("mayRead", current).withAll("files", files));
        }
    }

    /** Liquibase sets it again after a rollback: {@code PostgresDatabase.rollback}. No change makes such a statement. */
    private static boolean isSearchPath(SqlStatement statement, String text) {
        return statement instanceof RawParameterizedSqlStatement && text.matches("SET SEARCH_PATH TO [^;]*;");
    }

    private void ask(Json question) {
        Session.send(question);
        if (!Session.answer().equals("go")) {
            stop("It is not what was approved.");
        }
    }

    private void refuse(String message) {
        Session.send(Events.event("unapproved", current).with("message", message));
        stop(message);
    }

    /** For good: where a changeset may fail, Liquibase would go on with the next one. */
    private void stop(String message) {
        stopped = true;
        throw new IllegalStateException(message);
    }

    private static ExecutorService executors() {
        return Scope.getCurrentScope().getSingleton(ExecutorService.class);
    }
}
