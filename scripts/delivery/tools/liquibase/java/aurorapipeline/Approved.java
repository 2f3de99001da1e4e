package aurorapipeline;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.ExecutablePreparedStatementBase;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;
import liquibase.statement.core.RuntimeStatement;

/**
 * Liquibase's own executor, which sends only what the parent process has approved. Before anything of a changeset runs,
 * it generates the changeset's SQL in the same way as a plan does, and asks; then it compares each statement with that
 * SQL before it is sent. The plan may be hours old, and the pending changesets depend on a history that an earlier
 * changeset may have changed.
 *
 * <p>The parent answers {@code go} or {@code stop}. First it names the changesets whose statements are not compared
 * ({@code ~}), because generating them reads the database, so that they may differ, or runs code from the repository.
 * Everything else about these changesets is compared, including the files that they read. And it names those that do not
 * run ({@code -}), because their preconditions are not met: none of their statements may be sent.
 */
final class Approved extends Statements.Jdbc {
    private static final String NAME = "jdbc";

    private final Capture capture;
    /** Changesets whose statements are not compared, and those that send none: the plan says that they do not run. */
    private Set<String> uncompared;
    private Set<String> idle;
    private ChangeSet current;
    /** The statements still to be sent; null if they are not compared. */
    private Deque<String> expected = new ArrayDeque<>();
    private int filesApproved;
    private boolean stopped;

    private Approved(Database database) {
        setDatabase(database);
        capture = new Capture(this, database);
    }

    /** Replaces Liquibase's executor until the command ends with its database. */
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

    void mayRollback(ChangeSet changeSet, boolean marked) {
        Json question = Events.event("mayRollback", changeSet).with("marked", marked);
        decide(changeSet, question, () -> changeSet.rollback(database, null));
    }

    /** Checks that all statements of the changeset were sent. */
    void requireAllSent() {
        if (expected != null && !expected.isEmpty()) {
            refuse("A statement that was approved is not run: " + expected.peek());
        }
    }

    /** From here on, only Liquibase's own bookkeeping is allowed. */
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
            List<String> named = Session.answers();
            uncompared = keys(named, "~");
            idle = keys(named, "-");
        }
        current = changeSet;
        filesApproved = 0;
        Content.describe(changeSet, question);
        FilesRead.begin();
        if (idle.contains(Places.keyOf(changeSet))) {
            expected = new ArrayDeque<>();
            ask(question);
        } else if (uncompared.contains(Places.keyOf(changeSet))) {
            expected = null;
            ask(question);
        } else {
            List<String> statements = preview(work);
            ask(question.with("sql", statements).withAll("files", FilesRead.end()));
            expected = new ArrayDeque<>(statements);
        }
    }

    private static Set<String> keys(List<String> named, String sign) {
        return named.stream()
            .filter(name -> name.startsWith(sign))
            .map(name -> name.substring(1))
            .collect(Collectors.toSet());
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
            // Such a change acts when its SQL is generated, and would act twice: it prints a message or runs a program,
            // which counts as code.
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
        // Excludes statements for Liquibase's history and its lock.
        for (String text : capture.take()) {
            if (text.equals(expected.peek())) {
                expected.remove();
            } else if (!isBookkeeping(statement, text)) {
                refuse("A statement that was not approved would run: " + text);
            }
        }
    }

    /** Files of a changeset whose statements are not compared: each is opened before the statement that uses it. */
    private void askForFiles() {
        Collection<Json> files = FilesRead.all();
        if (files.size() != filesApproved) {
            filesApproved = files.size();
            ask(Events.event("mayRead", current).withAll("files", files));
        }
    }

    /** What Liquibase sends by itself on this engine; no change generates such a statement. */
    private static boolean isBookkeeping(SqlStatement statement, String text) {
        return statement instanceof RawParameterizedSqlStatement && Dialect.all("bookkeeping").stream().anyMatch(text::matches);
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

    /** Final: if the changeset may fail, Liquibase would otherwise continue with the next one. */
    private void stop(String message) {
        stopped = true;
        throw new IllegalStateException(message);
    }

    private static ExecutorService executors() {
        return Scope.getCurrentScope().getSingleton(ExecutorService.class);
    }
}
