package aurorapipeline;

import java.util.IdentityHashMap;
import java.util.Map;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;

/** Which file has which precondition of a whole changelog: Liquibase forgets it where one changelog includes another. */
final class Places {
    private final Map<Precondition, String> files = new IdentityHashMap<>();

    /** An included changelog comes before the one that includes it. */
    void note(DatabaseChangeLog changeLog) {
        note(changeLog.getPreconditions(), changeLog.getPhysicalFilePath());
    }

    String fileOf(Precondition precondition) {
        return files.get(precondition);
    }

    /** As other messages name it, with the file that it is written in. */
    static String of(ChangeSet changeSet) {
        String name = changeSet.getFilePath() + "::" + changeSet.getId() + "::" + changeSet.getAuthor();
        DatabaseChangeLog changeLog = changeSet.getChangeLog();
        String file = changeLog == null ? changeSet.getFilePath() : changeLog.getPhysicalFilePath();
        return changeSet.getFilePath().equals(file) ? name : name + " in " + file;
    }

    private void note(Precondition precondition, String file) {
        if (precondition instanceof PreconditionLogic) {
            ((PreconditionLogic) precondition).getNestedPreconditions().forEach(nested -> note(nested, file));
        } else if (precondition != null) {
            files.putIfAbsent(precondition, file);
        }
    }
}
