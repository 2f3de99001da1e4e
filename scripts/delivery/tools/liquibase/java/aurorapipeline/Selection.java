package aurorapipeline;

import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.database.DatabaseList;

/**
 * The changesets of a changelog that Liquibase passes over, whether they ran or not: those for other contexts, labels or
 * databases. Reported when the changelog is parsed, because with nothing else pending a dry run visits no changeset.
 */
final class Selection {
    private final ContextChangeSetFilter contextFilter;
    private final LabelChangeSetFilter labelFilter;
    private final Contexts contexts;
    private final LabelExpression labels;
    private final String database;

    private Selection(ChangeLogParameters parameters) {
        contexts = parameters.getContexts() == null ? new Contexts() : parameters.getContexts();
        labels = parameters.getLabels() == null ? new LabelExpression() : parameters.getLabels();
        database = parameters.getDatabase();
        contextFilter = new ContextChangeSetFilter(contexts);
        labelFilter = new LabelChangeSetFilter(labels);
    }

    static void report(DatabaseChangeLog changeLog, ChangeLogParameters parameters) {
        Selection selection = new Selection(parameters);
        changeLog.getChangeSets().forEach(changeSet -> report(changeSet, selection.reasonAgainst(changeSet)));
        // The parser has left them out already.
        changeLog.getSkippedChangeSets().forEach(changeSet -> report(changeSet, selection.elsewhere(changeSet)));
    }

    private static void report(ChangeSet changeSet, String reason) {
        if (reason != null) {
            Session.send(Events.event("notSelected", changeSet).with("reason", reason));
        }
    }

    /** In the order in which Liquibase asks. */
    private String reasonAgainst(ChangeSet changeSet) {
        if (!contextFilter.accepts(changeSet).isAccepted()) {
            return "context " + changeSet.buildFullContext() + ", and the contexts of this run are " + contexts;
        }
        if (!labelFilter.accepts(changeSet).isAccepted()) {
            String own = changeSet.buildFullLabels();
            return (own.isEmpty() ? "no labels" : "labels " + own) + ", and the label filter is " + labels;
        }
        if (database != null && !DatabaseList.definitionMatches(changeSet.getDbmsSet(), database, true)) {
            return elsewhere(changeSet);
        }
        return changeSet.isIgnore() ? "ignore is true" : null;
    }

    private String elsewhere(ChangeSet changeSet) {
        return "dbms " + String.join(", ", changeSet.getDbmsSet()) + ", and the database is " + database;
    }
}
