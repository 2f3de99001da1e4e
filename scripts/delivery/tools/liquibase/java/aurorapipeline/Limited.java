package aurorapipeline;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.exception.UnexpectedLiquibaseException;
import liquibase.exception.ValidationErrors;
import liquibase.exception.Warnings;
import liquibase.parser.core.ParsedNode;
import liquibase.parser.core.ParsedNodeException;
import liquibase.precondition.ErrorPrecondition;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;
import liquibase.resource.ResourceAccessor;

/**
 * A precondition whose queries have their own timeout. A precondition runs while a deployment holds its lock: one that
 * takes long is a mistake, or an attack with a query that never ends. The timeout ends the command, whatever {@code
 * onError} says, because it is not an answer. In all other respects it behaves like the wrapped precondition.
 */
final class Limited implements Precondition {
    private static final int SECONDS = 30;
    /** The error codes of a query that took too long, and of a transaction that can only be rolled back. */
    private static final String CANCELED = "canceled";
    private static final String ABORTED = "aborted";

    private final Precondition precondition;
    private final String where;

    private Limited(Precondition precondition, String where) {
        this.precondition = precondition;
        this.where = where;
    }

    /** Wraps all preconditions that do not consist of others. */
    static void limit(DatabaseChangeLog changeLog, Places places) {
        limit(changeLog.getPreconditions(), places, null);
        for (ChangeSet changeSet : changeLog.getChangeSets()) {
            limit(changeSet.getPreconditions(), places, changeSet);
        }
    }

    private static void limit(PreconditionLogic logic, Places places, ChangeSet changeSet) {
        if (logic == null) {
            return;
        }
        List<Precondition> nested = logic.getNestedPreconditions();
        for (int i = 0; i < nested.size(); i++) {
            Precondition one = nested.get(i);
            if (one instanceof PreconditionLogic) {
                limit((PreconditionLogic) one, places, changeSet);
            } else if (one != null && !(one instanceof Limited)) {
                nested.set(i, new Limited(one, changeSet == null ? places.fileOf(one) : Places.of(changeSet)));
            }
        }
    }

    /** The precondition itself. */
    Precondition wrapped() {
        return precondition;
    }

    @Override
    public void check(Database database, DatabaseChangeLog changeLog, ChangeSet changeSet, ChangeExecListener listener)
        throws PreconditionFailedException, PreconditionErrorException {
        if (!(database.getConnection() instanceof JdbcConnection)) {
            precondition.check(database, changeLog, changeSet, listener);
            return;
        }
        JdbcConnection connection = (JdbcConnection) database.getConnection();
        long before = timeout(connection);
        long limit = SECONDS * 1000L;
        setTimeout(connection, before == 0 ? limit : Math.min(before, limit));
        long startedAt = System.nanoTime();
        try {
            precondition.check(database, changeLog, changeSet, listener);
        } catch (PreconditionErrorException error) {
            if (isCanceled(error) && System.nanoTime() - startedAt >= limit * 1_000_000) {
                throw new UnexpectedLiquibaseException(
                    "The precondition " + getName() + " of " + where + " was stopped after " + SECONDS + " s."
                );
            }
            throw error;
        } finally {
            setTimeout(connection, before);
        }
    }

    private static boolean isCanceled(PreconditionErrorException error) {
        return is(error, CANCELED)
            || error.getErrorPreconditions().stream().map(ErrorPrecondition::getCause).anyMatch(cause -> is(cause, CANCELED));
    }

    private static boolean is(Throwable exception, String kind) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException && Dialect.all(kind).contains(Dialect.codeOf((SQLException) cause))) {
                return true;
            }
        }
        return false;
    }

    /** In milliseconds; 0 means no timeout. */
    private static long timeout(JdbcConnection connection) {
        String query = Dialect.text("statementLimitQuery");
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (DatabaseException | SQLException exception) {
            throw failed(exception);
        }
    }

    private static void setTimeout(JdbcConnection connection, long milliseconds) {
        String setting = Dialect.fill(Dialect.text("statementLimit"), Dialect.limits(0, milliseconds));
        try {
            DialectStatements.execute(List.of(setting), connection);
        } catch (DatabaseException | SQLException exception) {
            if (!is(exception, ABORTED)) {
                throw failed(exception);
            }
            // The server reverts settings made in the transaction at its end, which has to come anyway.
            rollback(connection);
        }
    }

    private static void rollback(JdbcConnection connection) {
        try {
            connection.rollback();
        } catch (DatabaseException exception) {
            throw failed(exception);
        }
    }

    private static RuntimeException failed(Exception exception) {
        return new UnexpectedLiquibaseException(
            "The time-out of a precondition cannot be set: " + Events.cause(exception), exception
        );
    }

    @Override
    public String getName() {
        return precondition.getName();
    }

    @Override
    public Warnings warn(Database database) {
        return precondition.warn(database);
    }

    @Override
    public ValidationErrors validate(Database database) {
        return precondition.validate(database);
    }

    @Override
    public void load(ParsedNode node, ResourceAccessor accessor) throws ParsedNodeException {
        precondition.load(node, accessor);
    }

    @Override
    public String getSerializedObjectName() {
        return precondition.getSerializedObjectName();
    }

    @Override
    public Set<String> getSerializableFields() {
        return precondition.getSerializableFields();
    }

    @Override
    public Object getSerializableFieldValue(String field) {
        return precondition.getSerializableFieldValue(field);
    }

    @Override
    public SerializationType getSerializableFieldType(String field) {
        return precondition.getSerializableFieldType(field);
    }

    @Override
    public String getSerializableFieldNamespace(String field) {
        return precondition.getSerializableFieldNamespace(field);
    }

    @Override
    public String getSerializedObjectNamespace() {
        return precondition.getSerializedObjectNamespace();
    }

    @Override
    public ParsedNode serialize() throws ParsedNodeException {
        return precondition.serialize();
    }
}
