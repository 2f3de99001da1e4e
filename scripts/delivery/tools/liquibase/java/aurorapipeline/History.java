package aurorapipeline;

import liquibase.changelog.ChangeSet;
import liquibase.changelog.StandardChangeLogHistoryService;
import liquibase.exception.DatabaseException;

/**
 * Liquibase's own history, which can also be written before Liquibase does so: see {@link Guard}. Registered in {@code
 * META-INF/services}; Liquibase creates one for each database.
 */
public final class History extends StandardChangeLogHistoryService {
    private ChangeSet recorded;

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    /** Writes the changeset to the history and commits both together. */
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
