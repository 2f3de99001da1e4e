package aurorapipeline;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import liquibase.exception.DatabaseException;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.*;

/**
 * Where names and operators are found along a path, runs what Liquibase and its driver ask on their own account with a path
 * of the engine's own (in PostgreSQL {@code search_path = pg_catalog, pg_temp}): the
 * statements for the history and the lock, and the queries for metadata. A changeset's SQL, and the queries with which a
 * change is generated, keep the path of the migrations.
 *
 * <p>The history's columns are {@code varchar}, for which PostgreSQL has no operators of its own. So {@code ID = 'x'}
 * calls an operator {@code =} of two {@code varchar} if any schema of the path has one, wherever it is in the path
 * (https://www.postgresql.org/docs/current/typeconv-oper.html): one that is always true would delete the whole history
 * with the first changeset that is rolled back.
 */
final class PinnedPath {
    /** Liquibase's statements for its own tables. A test compares the list with Liquibase's jar. */
    private static final Set<Class<?>> OWN = Set.of(
        ClearDatabaseChangeLogTableStatement.class,
        CreateDatabaseChangeLogLockTableStatement.class,
        CreateDatabaseChangeLogTableStatement.class,
        GetNextChangeSetSequenceValueStatement.class,
        InitializeDatabaseChangeLogLockTableStatement.class,
        LockDatabaseChangeLogStatement.class,
        MarkChangeSetRanStatement.class,
        RemoveChangeSetRanStatusStatement.class,
        SelectFromDatabaseChangeLogLockStatement.class,
        SelectFromDatabaseChangeLogStatement.class,
        TagDatabaseStatement.class,
        UnlockDatabaseChangeLogStatement.class,
        UpdateChangeSetChecksumStatement.class,
        UpdateChangeSetFilenameStatement.class
    );

    private PinnedPath() {}

    interface Work<T, E extends Exception> {
        T run() throws E;
    }

    static boolean isFor(SqlStatement statement) {
        return OWN.contains(statement.getClass());
    }

    /** Restores the path afterwards. If the work fails in a transaction, the end of that restores it. */
    static <T, E extends Exception> T with(Connection connection, Work<T, E> work) throws E, SQLException {
        if (Dialect.text("pinPath") == null) {
            return work.run();
        }
        String before = pin(connection);
        T result;
        try {
            result = work.run();
        } catch (Throwable failure) {
            try {
                set(connection, before);
            } catch (SQLException aborted) {
                failure.addSuppressed(aborted);
            }
            throw failure;
        }
        set(connection, before);
        return result;
    }

    /** The connection, with metadata that is read in this way. */
    static Connection of(Connection connection) {
        return proxy(Connection.class, connection, (method, call) ->
            method.equals("getMetaData") ? metadata(connection, (DatabaseMetaData) call.run()) : call.run());
    }

    private static DatabaseMetaData metadata(Connection connection, DatabaseMetaData metadata) {
        return proxy(DatabaseMetaData.class, metadata, (method, call) ->
            method.startsWith("get") ? with(connection, call) : call.run());
    }

    private interface Around {
        Object call(String method, Work<Object, Exception> call) throws Exception;
    }

    private static <T> T proxy(Class<T> type, T target, Around around) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            Work<Object, Exception> call = () -> {
                try {
                    return method.invoke(target, arguments);
                } catch (InvocationTargetException exception) {
                    Throwable cause = exception.getCause();
                    throw cause instanceof Exception ? (Exception) cause : exception;
                }
            };
            boolean reads = type == Connection.class || ResultSet.class.isAssignableFrom(method.getReturnType());
            return reads ? around.call(method.getName(), call) : call.run();
        }));
    }

    private static String pin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(Dialect.text("pinPath"))) {
            row.next();
            return row.getString(1);
        }
    }

    private static void set(Connection connection, String path) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(Dialect.fill(Dialect.text("restorePath"), Map.of("path", path.replace("'", "''"))));
        }
    }
}
