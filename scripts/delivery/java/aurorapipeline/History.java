package aurorapipeline;

import liquibase.changelog.ChangeSet;
import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.exception.DatabaseException;

/**
 * Liquibase's own history, which can also be written before Liquibase gets to it: see {@link Guard}. Named in
 * {@code META-INF/services}; Liquibase makes one for each database.
 */
public final class History extends StandardChangeLogHistoryService {
    private ChangeSet recorded;

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    /** Writes the changeset into the history and commits both together. */
    void recordNow(ChangeSet changeSet, ChangeSet.ExecType type) throws DatabaseException {
        super.setExecType(changeSet, type);
        recorded = changeSet;
    }

    @Override
    public void setExecType(ChangeSet changeSet, ChangeSet.ExecType type) throws DatabaseException {
        if (recorded == changeSet) {
            recorded = null;
        } else {
            super.setExecType(changeSet, type);
        }
    }
}
