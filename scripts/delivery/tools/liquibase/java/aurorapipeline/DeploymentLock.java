package aurorapipeline;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import liquibase.Scope;
import liquibase.changelog.ChangeLogHistoryServiceFactory;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.exception.LockException;
import liquibase.executor.Executor;
import liquibase.executor.ExecutorService;
import liquibase.executor.LoggingExecutor;
import liquibase.lockservice.StandardLockService;

/**
 * Liquibase's own lock table, held by the parent for a whole deployment instead of by each command: a second deployment
 * cannot run between the tag, the update and the undo of this one. Registered in {@code META-INF/services}.
 *
 * <p>A dry run writes nothing and takes no lock. If the parent holds no lock, Liquibase takes its own.
 */
public final class DeploymentLock extends StandardLockService {
    /** The value of LOCKEDBY while the parent holds the lock. */
    private static final String OWNER = Settings.variable("DEPLOYMENT_LOCK_OWNER");

    private Database database;

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public void setDatabase(Database database) {
        super.setDatabase(database);
        this.database = database;
    }

    @Override
    public boolean acquireLock() throws LockException {
        if (isDryRun()) {
            return true;
        }
        if (OWNER == null) {
            return super.acquireLock();
        }
        if (!hasChangeLogLock) {
            confirm();
            hasChangeLogLock = true;
            Scope.getCurrentScope().getSingleton(ChangeLogHistoryServiceFactory.class).resetAll();
            database.setCanCacheLiquibaseTableInfo(true);
        }
        return true;
    }

    @Override
    public void releaseLock() throws LockException {
        if (isDryRun() || OWNER != null) {
            hasChangeLogLock = false;
            database.setCanCacheLiquibaseTableInfo(false);
        } else {
            super.releaseLock();
        }
    }

    /**
     * Fails unless the lock still belongs to this deployment. It changes the row, so that another deployment that
     * considered this one dead just before this session began cannot take the lock any more: it compares the row with
     * what it has read.
     */
    private void confirm() throws LockException {
        String table = database.escapeTableName(
            database.getLiquibaseCatalogName(),
            database.getLiquibaseSchemaName(),
            database.getDatabaseChangeLogLockTableName());
        String confirmation = Dialect.fill(Dialect.text("confirmLock"), Map.of("table", table));
        try {
            database.rollback();
            int rows;
            try (PreparedStatement statement = ((JdbcConnection) database.getConnection()).prepareStatement(confirmation)) {
                statement.setString(1, OWNER);
                rows = statement.executeUpdate();
            }
            database.commit();
            if (rows != 1) {
                throw new LockException("This deployment does not hold the lock any more (" + OWNER + ")");
            }
        } catch (DatabaseException | SQLException exception) {
            throw new LockException(exception);
        }
    }

    private boolean isDryRun() {
        Executor executor = Scope.getCurrentScope().getSingleton(ExecutorService.class).getExecutor("jdbc", database);
        return executor instanceof LoggingExecutor;
    }
}
