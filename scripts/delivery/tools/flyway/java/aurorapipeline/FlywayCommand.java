package aurorapipeline;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.FlywayExecutor;
import org.flywaydb.core.api.ErrorDetails;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.migration.baseline.BaselineMigrationConfigurationExtension;
import org.flywaydb.core.api.output.RepairResult;
import org.flywaydb.core.api.pattern.ValidatePattern;
import org.flywaydb.core.extensibility.AppliedMigration;
import org.flywaydb.core.internal.database.base.Database;
import org.flywaydb.core.internal.database.base.Schema;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.info.MigrationInfoImpl;
import org.flywaydb.core.internal.info.MigrationInfoServiceImpl;
import org.flywaydb.core.internal.resolver.CompositeMigrationResolver;
import org.flywaydb.core.internal.schemahistory.SchemaHistory;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/** One command of a {@link FlywaySession}. */
final class FlywayCommand {
    private static final String BASELINE_PREFIX = "flyway.baselineMigrationPrefix";
    private static final String UNDO_PREFIX = "flyway.undoSqlMigrationPrefix";

    private final Map<String, String> given;
    private final SessionDataSource.Login login;
    private final String undoPrefix;

    FlywayCommand(Map<String, String> given, SessionDataSource.Login login) {
        this.given = new HashMap<>(given);
        undoPrefix = this.given.getOrDefault(UNDO_PREFIX, "U");
        this.given.remove(UNDO_PREFIX);
        this.login = login;
    }

    void run(String name, List<String> arguments) {
        switch (name) {
            case "plan":
                with(reading(), this::plan);
                break;
            case "plan-undo":
                with(reading(), work -> new FlywayUndo(work).plan(arguments.get(0)));
                break;
            case "mark":
                prepare();
                with(writing(), work -> work.journal.mark(arguments.get(0)));
                break;
            case "migrate":
            case "rehearse":
                prepare();
                migrate(name.equals("rehearse"));
                break;
            case "undo":
            case "rehearse-undo":
                prepare();
                with(writing(), work -> new FlywayUndo(work).run(arguments.get(0), name.equals("rehearse-undo")));
                break;
            default:
                throw new IllegalStateException("There is no command " + name);
        }
    }

    /** What a command works with, on one connection. */
    static final class Work {
        final CompositeMigrationResolver resolver;
        final SchemaHistory history;
        final Database<?> database;
        final Schema<?, ?> schema;
        final Configuration configuration;
        final FlywayScripts scripts;
        final FlywayJournal journal;

        Work(CompositeMigrationResolver resolver, SchemaHistory history, Database<?> database, Schema<?, ?> schema, Configuration configuration, String undoPrefix) {
            this.resolver = resolver;
            this.history = history;
            this.database = database;
            this.schema = schema;
            this.configuration = configuration;
            scripts = new FlywayScripts(configuration, database, undoPrefix);
            journal = new FlywayJournal(connection(), schema, configuration.getTable());
        }

        Connection connection() {
            return database.getMigrationConnection().getJdbcConnection();
        }

        MigrationInfoServiceImpl info(ValidatePattern... ignored) {
            MigrationInfoServiceImpl info = new MigrationInfoServiceImpl(
                resolver, history, database, configuration, configuration.getTarget(), configuration.isOutOfOrder(), ignored);
            info.refresh();
            return info;
        }

        /** Tables that are neither Flyway's nor the pipeline's. */
        boolean hasTables() {
            Set<String> own = Set.of(configuration.getTable(), "aurora_pipeline_history", "aurora_pipeline_lock", "aurora_pipeline_deployments");
            return Arrays.stream(schema.allTables()).map(Table::getName).anyMatch(name -> !own.contains(name.toLowerCase()));
        }
    }

    private interface Task {
        void perform(Work work);
    }

    private void with(Configuration configuration, Task task) {
        new FlywayExecutor(configuration).execute((resolver, history, database, schema, schemas, callbacks, interceptor) -> {
            task.perform(new Work(resolver, history, database, schema, configuration, undoPrefix));
            return null;
        }, true, null);
    }

    /** No callback runs in a dry run. */
    private Configuration reading() {
        return configured(false).skipDefaultCallbacks(true);
    }

    private Configuration writing() {
        return configured(true).skipDefaultCallbacks(true);
    }

    private FluentConfiguration configured(boolean writes, Callback... callbacks) {
        Map<String, String> settings = new HashMap<>(given);
        String baselinePrefix = settings.remove(BASELINE_PREFIX);
        FluentConfiguration configuration = Flyway.configure();
        // With one connection, a script and its row in the history are one transaction.
        configuration.getPluginRegister().getExact(PostgreSQLConfigurationExtension.class).setTransactionalLock(false);
        if (baselinePrefix != null) {
            configuration.getPluginRegister()
                .getExact(BaselineMigrationConfigurationExtension.class)
                .setBaselineMigrationPrefix(baselinePrefix);
        }
        return configuration
            .configuration(settings)
            .dataSource(new SessionDataSource(login, writes))
            .createSchemas(false)
            .failOnMissingLocations(true)
            .cleanDisabled(true)
            .callbacks(callbacks);
    }

    /** Makes the tables, removes the records of failed scripts, and brings the journal up to date. */
    private void prepare() {
        boolean[] baseline = {false};
        with(writing(), work -> {
            work.journal.confirmLock();
            work.journal.create();
            baseline[0] = !work.history.exists() && work.hasTables();
            if (baseline[0]) {
                refuseUnknown(work.configuration);
            } else if (!work.history.exists()) {
                work.history.create(false);
            }
        });
        if (baseline[0]) {
            new Flyway(writing()).baseline();
        }
        with(writing(), work -> {
            work.history.removeFailedMigrations(new RepairResult("", ""), null);
            work.journal.follow(work.history.allAppliedMigrations());
        });
    }

    private static void refuseUnknown(Configuration configuration) {
        if (!configuration.isBaselineOnMigrate()) {
            throw new FlywayException("The schema has tables but no Flyway history");
        }
    }

    private void migrate(boolean rehearsal) {
        FlywayGuard[] guard = new FlywayGuard[1];
        with(writing(), work -> guard[0] = new FlywayGuard(work, rehearsal));
        try {
            new Flyway(configured(true, guard[0])).migrate();
            guard[0].finish();
        } catch (FlywayException failed) {
            guard[0].fail(failed);
            throw failed;
        }
    }

    private void plan(Work work) {
        boolean fresh = !work.history.exists();
        boolean baselined = fresh && work.hasTables();
        if (baselined) {
            refuseUnknown(work.configuration);
        }
        refuseInvalid(work);
        MigrationInfoServiceImpl info = work.info(new ValidatePattern[0]);
        Parent.send(new Json().with("event", "source").withAll("changesets", names(info)).withAll("callbacks", work.scripts.callbacks()));
        for (MigrationInfo migration : info.all()) {
            if (isPending(migration) && !(baselined && isBelow(migration, work.configuration.getBaselineVersion()))) {
                describe(migration, work);
            }
        }
    }

    /** A failed script is run again. Flyway lists a repeatable one that ran for its run, and once more if it is pending. */
    private static boolean isPending(MigrationInfo migration) {
        MigrationState state = migration.getState();
        return state == MigrationState.PENDING || (state == MigrationState.FAILED && migration.getVersion() != null);
    }

    private static boolean isBelow(MigrationInfo migration, MigrationVersion baseline) {
        return migration.getVersion() != null && migration.getVersion().compareTo(baseline) <= 0;
    }

    private static List<Json> names(MigrationInfoServiceImpl info) {
        List<Json> names = new ArrayList<>();
        for (MigrationInfo migration : info.all()) {
            if (migration.getState().isResolved()) {
                names.add(named(migration, new Json()));
            }
        }
        return names;
    }

    /** Reports what Flyway's validation would refuse, with the scripts that were edited after they ran. */
    private static void refuseInvalid(Work work) {
        List<ValidatePattern> ignored = new ArrayList<>(Arrays.asList(work.configuration.getIgnoreMigrationPatterns()));
        ignored.add(ValidatePattern.fromPattern("*:pending"));
        List<String> problems = new ArrayList<>();
        for (MigrationInfo migration : work.info(ignored.toArray(ValidatePattern[]::new)).all()) {
            ErrorDetails problem = ((MigrationInfoImpl) migration).validate();
            if (problem == null || migration.getState().isFailed()) {
                continue;
            }
            problems.add(migration.getScript() + ": " + problem.errorMessage);
            if (migration.getState().isResolved() && !migration.isChecksumMatching()) {
                Parent.send(named(migration, new Json().with("event", "edited"))
                    .with("was", String.valueOf(migration.getAppliedChecksum()))
                    .with("now", String.valueOf(migration.getResolvedChecksum())));
            }
        }
        if (!problems.isEmpty()) {
            throw new FlywayException("Flyway's validation fails:\n" + problems.stream().collect(Collectors.joining("\n")));
        }
    }

    private static void describe(MigrationInfo migration, Work work) {
        FlywayScripts.Parsed script = work.scripts.of(migration);
        boolean again = migration.getVersion() == null
            && applied(work).stream().anyMatch(one -> one.getScript().equals(migration.getScript()));
        // What ran before gets its earlier form back from the recorded catalog.
        FlywayScripts.Parsed undo = again ? null : work.scripts.undoOf(migration.getVersion(), migration.getDescription());
        Parent.send(described(migration, script, "willRun").with("again", again));
        Json ran = described(migration, script, "ran").with("outcome", again ? "AppliedAgain" : "Applied").with("sql", script.sql());
        ran.withAll("files", work.scripts.files(migration));
        if (undo != null) {
            ran.with("undo", undo.sql());
        }
        Parent.send(ran);
    }

    /** The name of a migration as the history will have it. */
    static Json named(MigrationInfo migration, Json json) {
        String id = migration.getVersion() == null ? migration.getDescription() : migration.getVersion().toString();
        return json.with("id", id).with("author", FlywayJournal.AUTHOR).with("file", migration.getScript());
    }

    static Json described(MigrationInfo migration, FlywayScripts.Parsed script, String event) {
        Json json = named(migration, new Json().with("event", event));
        Integer checksum = ((MigrationInfoImpl) migration).getResolvedChecksum();
        return json
            .with("runInTransaction", script.inTransaction)
            .with("checksum", checksum == null ? null : checksum.toString());
    }

    static List<AppliedMigration> applied(Work work) {
        return work.history.allAppliedMigrations().stream().filter(FlywayJournal::isMigration).collect(Collectors.toList());
    }
}
