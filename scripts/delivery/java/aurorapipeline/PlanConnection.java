package aurorapipeline;

import java.sql.Driver;
import java.util.Properties;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * Liquibase's own connection, which never commits statement by statement where it is read-only (the driver's {@code
 * readOnly}, which {@code liquibase.ts} sets for dry runs). So each query runs in a transaction that began read-only, and no
 * function that a query calls can leave that: PostgreSQL refuses to make such a transaction writable once it has read
 * something (https://www.postgresql.org/docs/current/sql-set-transaction.html). The default of the session alone it could
 * change, for the statements after it. Named in {@code META-INF/services}.
 */
public final class PlanConnection extends JdbcConnection {
    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public void open(String url, Driver driver, Properties properties) throws DatabaseException {
        super.open(url, driver, properties);
        if (isReadOnly()) {
            super.setAutoCommit(false);
        }
    }

    /** Liquibase asks for it where a changeset says {@code runInTransaction:false}. */
    @Override
    public void setAutoCommit(boolean autoCommit) throws DatabaseException {
        super.setAutoCommit(autoCommit && !isReadOnly());
    }
}
