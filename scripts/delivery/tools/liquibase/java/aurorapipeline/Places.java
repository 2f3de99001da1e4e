package aurorapipeline;

import java.util.IdentityHashMap;
import java.util.Map;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;

/**
 * Which file contains which precondition of a whole changelog: Liquibase loses this when one changelog includes
 * another.
 */
final class Places {
    private final Map<Precondition, String> files = new IdentityHashMap<>();

    /** An included changelog comes before the one that includes it. */
    void note(DatabaseChangeLog changeLog) {
        note(changeLog.getPreconditions(), changeLog.getPhysicalFilePath());
    }

    String fileOf(Precondition precondition) {
        return files.get(precondition);
    }

    /** The key that identifies it everywhere: the delivery program's {@code keyOf}. */
    static String keyOf(ChangeSet changeSet) {
        return changeSet.getFilePath() + "::" + changeSet.getId() + "::" + changeSet.getAuthor();
    }

    /** Its name in other messages, with the file that it is written in. */
    static String of(ChangeSet changeSet) {
        String name = keyOf(changeSet);
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
