package aurorapipeline;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;

/**
 * Liquibase's own connection, which is one to the writer: after a failover, the database's name may lead to a reader for a
 * while, which answers with what it has. Then there is no connection, and the parent tries again. It never commits statement by statement if it is read-only (a property of the connection, which
 * {@code liquibase.ts} sets for dry runs). So each query runs in a transaction that began as read-only, and a function that
 * a query calls cannot change that: no engine makes such a transaction writable once it has read something
 * (https://www.postgresql.org/docs/current/sql-set-transaction.html; MySQL does not change the access mode of a
 * transaction in progress at all). A function could only change the session's default, for later statements. Registered in
 * {@code META-INF/services}.
 */
public final class PlanConnection extends JdbcConnection {
    private boolean readOnly;

    /** Null until it is open. */
    private Connection pinned;

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public void open(String url, Driver driver, Properties properties) throws DatabaseException {
        super.open(url, driver, properties);
        refuseReader();
        pinned = PinnedPath.of(super.getUnderlyingConnection());
        try {
            readOnly = isReadOnly() || isTrue("readOnlyQuery");
            if (readOnly) {
                super.setAutoCommit(false);
            } else {
                // What Liquibase writes is on disk when the server says so. Where a commit returns before that, a server that
                // crashes forgets a tag or a record of a changeset that it has kept.
                DialectStatements.execute(Dialect.all("keepOnDisk"), this);
            }
        } catch (SQLException exception) {
            throw new DatabaseException(exception);
        }
    }

    /** Drivers only ask whether the session can write, which a planner's never can. */
    private void refuseReader() throws DatabaseException {
        String problem;
        try {
            problem = isTrue("readerQuery") ? "the server that answers is a reader" : null;
        } catch (SQLException exception) {
            problem = exception.getMessage();
        }
        if (problem != null) {
            super.close();
            // The words of Liquibase's own connection.
            throw new DatabaseException("Connection could not be created: " + problem);
        }
    }

    /** A query of the {@link Dialect}; no if it has none. */
    private boolean isTrue(String name) throws DatabaseException, SQLException {
        String query = Dialect.text(name);
        if (query == null) {
            return false;
        }
        try (Statement statement = createStatement(); ResultSet rows = statement.executeQuery(query)) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /** For Liquibase's snapshots, which ask it for metadata. */
    @Override
    public Connection getUnderlyingConnection() {
        return pinned == null ? super.getUnderlyingConnection() : pinned;
    }

    @Override
    public DatabaseMetaData getMetaData() throws DatabaseException {
        try {
            return getUnderlyingConnection().getMetaData();
        } catch (SQLException exception) {
            throw new DatabaseException(exception);
        }
    }

    /** Liquibase asks for it if a changeset sets {@code runInTransaction:false}. */
    @Override
    public void setAutoCommit(boolean autoCommit) throws DatabaseException {
        super.setAutoCommit(autoCommit && !readOnly);
    }
}
