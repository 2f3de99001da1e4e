package aurorapipeline;

import liquibase.ChecksumVersion;
import liquibase.change.Change;
import liquibase.change.core.TagDatabaseChange;
import liquibase.changelog.ChangeSet;

/**
 * The properties of a changeset other than its SQL: everything that decides whether and how it runs, and what is
 * recorded in the history.
 */
final class Content {
    private Content() {}

    static void describe(ChangeSet changeSet, Json event) {
        event
            .with("checksum", changeSet.generateCheckSum(ChecksumVersion.latest()).toString())
            .with("preconditions", Conditions.of(changeSet.getPreconditions()))
            .with("contexts", unlessEmpty(changeSet.buildFullContext()))
            .with("labels", unlessEmpty(changeSet.buildFullLabels()))
            .with("tag", tagOf(changeSet));
        if (Boolean.FALSE.equals(changeSet.getFailOnError())) {
            event.with("failOnError", false);
        }
    }

    private static String tagOf(ChangeSet changeSet) {
        for (Change change : changeSet.getChanges()) {
            if (change instanceof TagDatabaseChange) {
                return unlessEmpty(((TagDatabaseChange) change).getTag());
            }
        }
        return null;
    }

    private static String unlessEmpty(String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
