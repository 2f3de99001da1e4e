package aurorapipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Accompanies Flyway while it migrates: each script runs as it was approved, or not at all; with its own timeouts; and is
 * noted in the pipeline's journal in its own transaction. In a rehearsal the parent looks at the server after each statement.
 */
final class FlywayGuard implements Callback {
    private final FlywayCommand.Work work;
    private final boolean rehearsal;
    private final boolean guarded = Settings.variable("DEPLOYMENT_LOCK_OWNER") != null;

    private MigrationInfo current;
    private FlywayScripts.Parsed script;
    private Deque<String> expected = new ArrayDeque<>();
    private boolean completed;
    private boolean again;
    private long startedAt;

    FlywayGuard(FlywayCommand.Work work, boolean rehearsal) {
        this.work = work;
        this.rehearsal = rehearsal;
    }

    /** Callbacks run in the order of their names: this one is the first. */
    @Override
    public String getCallbackName() {
        return "";
    }

    @Override
    public boolean supports(Event event, Context context) {
        switch (event) {
            case BEFORE_EACH_MIGRATE:
            case BEFORE_EACH_MIGRATE_STATEMENT:
            case AFTER_EACH_MIGRATE_STATEMENT:
            case AFTER_EACH_MIGRATE:
                return true;
            default:
                return false;
        }
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        switch (event) {
            case BEFORE_EACH_MIGRATE:
                finish();
                begin(context);
                break;
            case BEFORE_EACH_MIGRATE_STATEMENT:
                requireNext(context.getStatement().getSql());
                break;
            case AFTER_EACH_MIGRATE_STATEMENT:
                if (rehearsal) {
                    ask("look");
                }
                break;
            default:
                note(context.getConnection());
        }
    }

    private void begin(Context context) {
        MigrationInfo migration = context.getMigrationInfo();
        script = work.scripts.of(migration);
        FlywayJournal journal = new FlywayJournal(context.getConnection(), work.schema, work.configuration.getTable());
        again = migration.getVersion() == null && journal.has(entryOf(migration));
        List<String> statements = script.sql();
        expected = new ArrayDeque<>(statements);
        if (guarded) {
            Json question = FlywayCommand.described(migration, script, "mayRun").with("again", again).with("sql", statements);
            requireApproval(question.withAll("files", work.scripts.files(migration)));
            limit(script.inTransaction, context.getConnection());
        }
        current = migration;
        completed = false;
        startedAt = System.nanoTime();
        if (rehearsal) {
            ask("begin");
        }
        Parent.send(FlywayCommand.described(current, script, "willRun").with("again", again));
    }

    static void requireApproval(Json question) {
        Parent.send(question);
        if (!Parent.take().get(0).equals("go")) {
            throw new FlywayException("The script differs from the approved plan");
        }
    }

    /** Where DDL is transactional, what runs outside of a transaction (an index that is built concurrently) has no limit. */
    static void limit(boolean inTransaction, Connection connection) {
        boolean limited = inTransaction || !Dialect.is("transactionalDdl");
        Map<String, String> limits = Dialect.limits(
            limited ? milliseconds("LOCK_TIMEOUT_MILLISECONDS") : 0,
            limited ? milliseconds("STATEMENT_TIMEOUT_MILLISECONDS") : 0);
        try {
            Dialect.execute(
                Dialect.all("limit").stream().map(one -> Dialect.fill(one, limits)).collect(Collectors.toList()),
                connection);
        } catch (SQLException exception) {
            throw new FlywayException("The time-outs cannot be set: " + exception.getMessage(), exception);
        }
    }

    private static long milliseconds(String variable) {
        return Long.parseLong(Settings.variable(variable));
    }

    /** What Flyway is about to send is what was approved, statement by statement. */
    private void requireNext(String sql) {
        if (expected.isEmpty() || !expected.remove().equals(sql)) {
            throw new FlywayException(current.getScript() + " has changed since it was read");
        }
    }

    /** In the script's own transaction. */
    private void note(Connection connection) {
        if (!expected.isEmpty()) {
            throw new FlywayException(current.getScript() + " ended before all of its statements ran");
        }
        FlywayJournal journal = new FlywayJournal(connection, work.schema, work.configuration.getTable());
        if (again) {
            journal.remove(entryOf(current));
        }
        journal.add(entryOf(current), current.getChecksum(), again ? "RERAN" : "EXECUTED");
        completed = true;
    }

    private static FlywayJournal.Entry entryOf(MigrationInfo migration) {
        String id = migration.getVersion() == null ? migration.getDescription() : migration.getVersion().toString();
        return new FlywayJournal.Entry(id, migration.getScript());
    }

    /** Flyway has committed the script when it begins the next one, or ends. */
    void finish() {
        if (current != null && completed) {
            Parent.send(timed("ran").with("outcome", again ? "AppliedAgain" : "Applied"));
            if (rehearsal) {
                ask("end");
            }
        }
        current = null;
    }

    void fail(FlywayException failed) {
        if (current == null) {
            return;
        }
        SQLException error = FlywaySession.serverError(failed);
        Parent.send(timed("runFailed")
            .with("message", error == null ? failed.getMessage() : error.getMessage())
            .with("sqlState", error == null ? null : Dialect.codeOf(error)));
        if (rehearsal) {
            ask("end");
        }
    }

    private Json timed(String event) {
        return FlywayCommand.described(current, script, event).with("milliseconds", (System.nanoTime() - startedAt) / 1_000_000);
    }

    private void ask(String step) {
        Parent.send(FlywayCommand.described(current, script, step));
        Parent.take();
    }
}
