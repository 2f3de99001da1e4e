package aurorapipeline;

import java.util.List;
import java.util.Map;
import liquibase.Scope;
import liquibase.change.core.TagDatabaseChange;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.command.AbstractCommandStep;
import liquibase.command.CommandArgumentDefinition;
import liquibase.command.CommandBuilder;
import liquibase.command.CommandDefinition;
import liquibase.command.CommandResultsBuilder;
import liquibase.command.CommandScope;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.lockservice.LockService;
import liquibase.lockservice.LockServiceFactory;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.RawParameterizedSqlStatement;

/**
 * Liquibase's command {@code mark-release}, which only this session has: writes a tag into the history as a row of its own,
 * the one that an {@code update} with a single changeset {@code tagDatabase} would write. That update costs a deployment a
 * tenth of a second more: it parses a changelog and reads the definition of every tracking table, which the command before has
 * done. So it needs the tables as this version of Liquibase makes them, and fails on any others.
 *
 * <p>Named in {@code META-INF/services}.
 */
public final class MarkRelease extends AbstractCommandStep {
    private static final String[] NAME = {"markRelease"};
    private static final CommandArgumentDefinition<String> TAG;
    private static final CommandArgumentDefinition<String> AUTHOR;
    private static final CommandArgumentDefinition<String> FILE;

    static {
        CommandBuilder builder = new CommandBuilder(NAME);
        TAG = builder.argument("tag", String.class).required().description("Tag, and id of the row").build();
        AUTHOR = builder.argument("author", String.class).required().description("Author of the row").build();
        FILE = builder.argument("file", String.class).required().description("File name of the row").build();
    }

    @Override
    public String[][] defineCommandNames() {
        return new String[][] {NAME};
    }

    @Override
    public void adjustCommandDefinition(CommandDefinition definition) {
        definition.setShortDescription("Writes a tag into the history as a row of its own");
    }

    @Override
    public List<Class<?>> requiredDependencies() {
        return List.of(Database.class);
    }

    @Override
    public void run(CommandResultsBuilder results) throws Exception {
        CommandScope command = results.getCommandScope();
        Database database = (Database) command.getDependency(Database.class);
        LockService lock = LockServiceFactory.getInstance().getLockService(database);
        lock.waitForLock();
        try {
            ChangeSet row = row(command);
            if (!isThere(row, database)) {
                Scope.getCurrentScope()
                    .getSingleton(ChangeLogHistoryServiceFactory.class)
                    .getChangeLogService(database)
                    .setExecType(row, ChangeSet.ExecType.EXECUTED);
            }
        } finally {
            lock.releaseLock();
        }
    }

    /**
     * A build that is tried again finds what the attempt before has written. The engine says how names are compared: an
     * operator that a migration made, or a collation, would make other rows the release's.
     */
    private static boolean isThere(ChangeSet row, Database database) throws DatabaseException {
        String table = database.escapeTableName(
            database.getLiquibaseCatalogName(),
            database.getLiquibaseSchemaName(),
            database.getDatabaseChangeLogTableName());
        SqlStatement rows = new RawParameterizedSqlStatement(
            "SELECT COUNT(*) FROM " + table + " WHERE " + same("ID") + " AND " + same("AUTHOR") + " AND " + same("FILENAME"),
            row.getId(), row.getAuthor(), row.getFilePath());
        Executor executor = Scope.getCurrentScope().getSingleton(ExecutorService.class).getExecutor("jdbc", database);
        return executor.queryForInt(rows) > 0;
    }

    private static String same(String column) {
        return Dialect.fill(Dialect.text("sameText"), Map.of("column", column));
    }

    private static ChangeSet row(CommandScope command) {
        String tag = command.getArgumentValue(TAG);
        String file = command.getArgumentValue(FILE);
        String author = command.getArgumentValue(AUTHOR);
        ChangeSet row = new ChangeSet(tag, author, false, false, file, null, null, new DatabaseChangeLog(file));
        TagDatabaseChange change = new TagDatabaseChange();
        change.setTag(tag);
        row.addChange(change);
        return row;
    }
}
