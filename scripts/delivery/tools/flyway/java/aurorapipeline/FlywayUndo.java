package aurorapipeline;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.extensibility.AppliedMigration;
import org.flywaydb.core.internal.jdbc.JdbcTemplate;
import org.flywaydb.core.internal.jdbc.Results;
import org.flywaydb.core.internal.sqlscript.SqlStatement;

/**
 * Undoes what ran after a tag, the last script first, by the undo scripts of the source: Flyway's own {@code undo} is not part of
 * its community edition. A script's undo and the removal of its row from Flyway's history are one transaction, so that
 * Flyway finds the script pending.
 */
final class FlywayUndo {
    private final FlywayCommand.Work work;
    private final Map<FlywayJournal.Entry, MigrationInfo> source = new HashMap<>();
    private final boolean guarded = Settings.variable("DEPLOYMENT_LOCK_OWNER") != null;

    FlywayUndo(FlywayCommand.Work work) {
        this.work = work;
        for (MigrationInfo migration : work.info().all()) {
            if (migration.getState().isResolved()) {
                String id = migration.getVersion() == null ? migration.getDescription() : migration.getVersion().toString();
                source.put(new FlywayJournal.Entry(id, migration.getScript()), migration);
            }
        }
    }

    /** One script that is to be undone. */
    private final class Step {
        final FlywayJournal.Entry entry;
        final MigrationInfo migration;
        final FlywayScripts.Parsed script;
        final FlywayScripts.Parsed undo;
        final AppliedMigration applied;
        final boolean again;

        Step(FlywayJournal.Entry entry, MigrationInfo migration) {
            this.entry = entry;
            this.migration = migration;
            script = work.scripts.of(migration);
            List<AppliedMigration> runs = FlywayCommand.applied(work).stream()
                .filter(one -> FlywayJournal.entry(one).equals(entry))
                .collect(Collectors.toList());
            again = runs.size() > 1;
            applied = runs.stream().max(Comparator.comparing(AppliedMigration::getInstalledRank)).orElse(null);
            // What ran before gets its earlier form back from the recorded catalog.
            undo = again ? null : work.scripts.undoOf(migration.getVersion(), migration.getDescription());
        }

        Json event(String name) {
            return FlywayCommand.described(migration, script, name);
        }

        List<String> sql() {
            return undo == null ? List.of() : undo.sql();
        }
    }

    void plan(String tag) {
        for (FlywayJournal.Entry entry : work.journal.entries(tag)) {
            MigrationInfo migration = source.get(entry);
            // The parent names those that the source does not have.
            if (migration != null) {
                Step step = new Step(entry, migration);
                Parent.send(step.event("willRollback").with("again", step.again));
                if (step.undo == null && !step.again) {
                    throw new FlywayException("There is no undo script");
                }
                Parent.send(step.event("rolledBack").with("again", step.again).with("sql", step.sql()).with("ran", step.script.sql()));
            }
        }
    }

    void run(String tag, boolean rehearsal) {
        for (FlywayJournal.Entry entry : work.journal.entries(tag)) {
            MigrationInfo migration = source.get(entry);
            if (migration == null) {
                throw new FlywayException("The script " + entry.file + " is not in the source");
            }
            undo(new Step(entry, migration), rehearsal);
        }
    }

    private void undo(Step step, boolean rehearsal) {
        if (guarded) {
            FlywayGuard.requireApproval(step.event("mayRollback").with("sql", step.sql()));
        }
        ask(step, "begin", rehearsal);
        long startedAt = System.nanoTime();
        Parent.send(step.event("willRollback"));
        try {
            if (step.undo == null && !step.again) {
                throw new FlywayException("There is no undo script");
            }
            perform(step, rehearsal);
        } catch (SQLException | FlywayException failed) {
            SQLException error = FlywaySession.serverError(failed);
            Parent.send(step.event("rollbackFailed")
                .with("milliseconds", (System.nanoTime() - startedAt) / 1_000_000)
                .with("message", failed.getMessage())
                .with("sqlState", error == null ? null : Dialect.codeOf(error)));
            ask(step, "end", rehearsal);
            throw new FlywayException(failed.getMessage(), failed);
        }
        Parent.send(step.event("rolledBack").with("milliseconds", (System.nanoTime() - startedAt) / 1_000_000));
        ask(step, "end", rehearsal);
    }

    private void perform(Step step, boolean rehearsal) throws SQLException {
        Connection connection = work.connection();
        boolean inTransaction = step.undo == null || step.undo.inTransaction;
        connection.setAutoCommit(!inTransaction);
        try {
            if (guarded) {
                FlywayGuard.limit(inTransaction, connection);
            }
            if (step.undo != null) {
                for (SqlStatement statement : step.undo.statements) {
                    execute(statement, connection);
                    ask(step, "look", rehearsal);
                }
            }
            if (step.applied != null) {
                work.journal.forget(step.applied.getInstalledRank());
            }
            work.journal.remove(step.entry);
            if (inTransaction) {
                connection.commit();
            }
        } catch (SQLException | FlywayException failed) {
            if (inTransaction) {
                connection.rollback();
            }
            throw failed;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void execute(SqlStatement statement, Connection connection) throws SQLException {
        JdbcTemplate template = new JdbcTemplate(connection, work.database.getDatabaseType());
        Results results = statement.execute(template, null, work.configuration);
        if (results.getException() != null) {
            throw results.getException();
        }
    }

    private static void ask(Step step, String question, boolean rehearsal) {
        if (rehearsal) {
            Parent.send(step.event(question));
            Parent.take();
        }
    }
}
