package aurorapipeline;

import java.util.List;
import java.util.stream.Collectors;
import liquibase.change.core.EmptyChange;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.RanChangeSet;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;

/**
 * A changeset that was only marked as ran has changed nothing: what its rollback would drop was there before. Liquibase runs
 * the rollback all the same; here an undo takes the mark from the history, and nothing else.
 */
final class Marked {
    private Marked() {}

    /** Empties the rollback of a changeset that has never run; returns whether it is such a one. */
    static boolean undoNothing(ChangeSet changeSet, Database database) {
        if (!isMarked(changeSet, database)) {
            return false;
        }
        changeSet.getRollback().getChanges().clear();
        changeSet.addRollbackChange(new EmptyChange());
        return true;
    }

    /** A changeset that ran, and was marked when it was to run again, has two rows. */
    private static boolean isMarked(ChangeSet changeSet, Database database) {
        List<RanChangeSet> rows = rows(database).stream().filter(row -> row.isSameAs(changeSet)).collect(Collectors.toList());
        return !rows.isEmpty() && rows.stream().allMatch(row -> row.getExecType() == ChangeSet.ExecType.MARK_RAN);
    }

    private static List<RanChangeSet> rows(Database database) {
        try {
            return database.getRanChangeSetList();
        } catch (DatabaseException exception) {
            throw new IllegalStateException(exception);
        }
    }
}
