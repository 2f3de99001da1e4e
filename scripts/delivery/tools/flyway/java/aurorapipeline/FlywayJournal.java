package aurorapipeline;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.extensibility.AppliedMigration;
import org.flywaydb.core.internal.database.base.Schema;

/**
 * The pipeline's own table of releases beside Flyway's history: the same migrations in the order in which they ran, and the
 * tags between them, for which Flyway's table has no place. Flyway's table decides what has run; this one follows it, in the
 * same transactions.
 */
final class FlywayJournal {
    /** The file of rows that mark a release. */
    private static final String MARK = "aurora-pipeline";
    /** The history of a tool that knows no authors has its own name there. */
    static final String AUTHOR = "flyway";
    private static final String COLUMNS = "(id, author, file, ran_at, position, outcome, checksum, tag)";

    private final Connection connection;
    private final String table;
    private final String history;
    private final String lock;

    FlywayJournal(Connection connection, Schema schema, String history) {
        this.connection = connection;
        this.history = schema.getTable(history).toString();
        table = schema.getTable("aurora_pipeline_history").toString();
        lock = schema.getTable("aurora_pipeline_lock").toString();
    }

    /** A migration in the journal. */
    static final class Entry {
        final String id;
        final String file;

        Entry(String id, String file) {
            this.id = id;
            this.file = file;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Entry && ((Entry) other).id.equals(id) && ((Entry) other).file.equals(file);
        }

        @Override
        public int hashCode() {
            return id.hashCode() * 31 + file.hashCode();
        }
    }

    static Entry entry(AppliedMigration applied) {
        String id = applied.getVersion() == null ? applied.getDescription() : applied.getVersion().toString();
        return new Entry(id, applied.getScript());
    }

    /**
     * Fails unless the lock still belongs to this deployment. It changes the row, so that another deployment that
     * considered this one dead cannot take the lock any more.
     */
    void confirmLock() {
        String owner = Settings.variable("DEPLOYMENT_LOCK_OWNER");
        if (owner == null) {
            return;
        }
        String sql = Dialect.fill(Dialect.text("confirmLock"), Map.of("table", lock));
        int rows = update(sql, owner);
        if (rows != 1) {
            throw new FlywayException("This deployment does not hold the lock any more (" + owner + ")");
        }
    }

    /** As the parent's {@code tracking.ts} declares it, which a test compares. */
    void create() {
        update("CREATE TABLE IF NOT EXISTS " + table + " (id varchar(255) NOT NULL, author varchar(255) NOT NULL,"
            + " file varchar(255) NOT NULL, ran_at timestamp NOT NULL, position integer NOT NULL, outcome varchar(10) NOT NULL,"
            + " checksum varchar(64), tag varchar(255), note varchar(255))");
    }

    /** Adopts what Flyway ran without the pipeline, and forgets what it does not know any more. */
    void follow(List<AppliedMigration> applied) {
        Set<Entry> known = new HashSet<>(entries(null));
        Set<Entry> now = new HashSet<>();
        for (AppliedMigration migration : applied) {
            if (isMigration(migration) && now.add(entry(migration)) && !known.contains(entry(migration))) {
                add(entry(migration), migration.getChecksum(), "EXECUTED");
            }
        }
        known.stream().filter(one -> !now.contains(one)).forEach(this::remove);
    }

    static boolean isMigration(AppliedMigration migration) {
        return migration.isSuccess() && !migration.getType().isSynthetic();
    }

    void mark(String tag) {
        if (count("SELECT count(*) FROM " + table + " WHERE " + same("file") + " AND " + same("tag"), MARK, tag) == 0) {
            insert(tag, MARK, "EXECUTED", null, tag);
        }
    }

    boolean has(Entry entry) {
        return count("SELECT count(*) FROM " + table + " WHERE " + same("file") + " AND " + same("id"), entry.file, entry.id) > 0;
    }

    void add(Entry entry, Integer checksum, String outcome) {
        insert(entry.id, entry.file, outcome, checksum == null ? null : checksum.toString(), null);
    }

    void remove(Entry entry) {
        update("DELETE FROM " + table + " WHERE " + same("file") + " AND " + same("id"), entry.file, entry.id);
    }

    /** Removes Flyway's row: the migration is pending again, as it was before. */
    void forget(int installedRank) {
        update("DELETE FROM " + history + " WHERE installed_rank = " + installedRank);
    }

    /** The migrations after the newest row with the tag, the last one first; all of them without a tag. */
    List<Entry> entries(String tag) {
        List<Entry> found = new ArrayList<>();
        String sql = "SELECT id, file, tag FROM " + table + " ORDER BY ran_at DESC, position DESC";
        try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                if (tag != null && tag.equalsIgnoreCase(rows.getString("tag"))) {
                    return found;
                }
                if (!MARK.equals(rows.getString("file"))) {
                    found.add(new Entry(rows.getString("id"), rows.getString("file")));
                }
            }
            if (tag == null) {
                return found;
            }
            throw new FlywayException("No release has the tag " + tag);
        } catch (SQLException exception) {
            throw failed(exception);
        }
    }

    private void insert(String id, String file, String outcome, String checksum, String tag) {
        update(
            "INSERT INTO " + table + " " + COLUMNS + " SELECT ?, '" + AUTHOR + "', ?, CURRENT_TIMESTAMP, coalesce(max(position), 0) + 1, ?, ?, ? FROM " + table,
            id, file, outcome, checksum, tag);
    }

    private int count(String sql, String... values) {
        try (PreparedStatement statement = bound(sql, values); ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getInt(1) : 0;
        } catch (SQLException exception) {
            throw failed(exception);
        }
    }

    private int update(String sql, String... values) {
        try (PreparedStatement statement = bound(sql, values)) {
            return statement.executeUpdate();
        } catch (SQLException exception) {
            throw failed(exception);
        }
    }

    private PreparedStatement bound(String sql, String... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setString(i + 1, values[i]);
        }
        return statement;
    }

    /** The engine says how texts are compared: an operator that a migration made would make other rows the same. */
    private static String same(String column) {
        return Dialect.fill(Dialect.text("sameText"), Map.of("column", column));
    }

    private static FlywayException failed(SQLException exception) {
        return new FlywayException("The pipeline's tables cannot be used: " + exception.getMessage(), exception);
    }
}
