package aurorapipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import liquibase.change.Change;
import liquibase.change.core.ExecuteShellCommandChange;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.parser.ChangeLogParser;
import liquibase.precondition.CustomPreconditionWrapper;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;
import liquibase.precondition.core.PreconditionContainer;
import liquibase.precondition.core.SqlPrecondition;

/**
 * Finds what runs code in one changelog, from Liquibase's model of it: everything that {@link Harmless} does not list.
 */
final class Code {
    private final List<Json> uses = new ArrayList<>();

    boolean isEmpty() {
        return uses.isEmpty();
    }

    void send() {
        uses.forEach(Session::send);
        uses.clear();
    }

    /** Every changeset, whether it is pending, has already run or is for another context: all of them are parsed. */
    void inspect(DatabaseChangeLog changeLog) {
        inspect(changeLog.getPreconditions(), null, changeLog.getPhysicalFilePath());
        changeLog.getChangeSets().forEach(this::inspect);
    }

    private void inspect(ChangeSet changeSet) {
        try {
            inspect(changeSet.getPreconditions(), changeSet, fileOf(changeSet));
            inspect(changeSet.getChanges(), changeSet);
            if (changeSet.getRollback() != null) {
                inspect(changeSet.getRollback().getChanges(), changeSet);
            }
            if (!Harmless.isExecutor(changeSet.getRunWith())) {
                add("runWith", changeSet, changeSet.getRunWith());
            }
        } catch (StackOverflowError error) {
            throw new IllegalStateException(TooDeep.in(Places.of(changeSet)));
        }
    }

    void inspectFormat(ChangeLogParser parser, String file) {
        if (parser != null && !Harmless.is(parser)) {
            add("format", file, parser.getClass().getName());
        }
    }

    /** Outside a changeset, or in one that is not known. */
    void add(String kind, String file, String name) {
        uses.add(use(kind, file, name));
    }

    private void inspect(Collection<Change> changes, ChangeSet changeSet) {
        for (Change change : changes) {
            if (change instanceof ExecuteShellCommandChange) {
                ExecuteShellCommandChange command = (ExecuteShellCommandChange) change;
                uses.add(use("executeCommand", changeSet, command.getExecutable()).with("arguments", command.getArgs()));
            } else if (change instanceof UnloadedChange) {
                add("customChange", changeSet, ((UnloadedChange) change).className());
            } else if (change instanceof CustomChangeWrapper) {
                add("customChange", changeSet, ((CustomChangeWrapper) change).getClassName());
            } else if (!Harmless.is(change)) {
                add("change", changeSet, change.getClass().getName());
            }
        }
    }

    private void inspect(Precondition precondition, ChangeSet changeSet, String file) {
        if (precondition == null) {
            return;
        }
        boolean custom = precondition instanceof CustomPreconditionWrapper;
        if (custom || !Harmless.is(precondition)) {
            String kind = custom ? "customPrecondition" : "precondition";
            String name = custom
                ? ((CustomPreconditionWrapper) precondition).getClassName()
                : precondition.getClass().getName();
            add(kind, changeSet, file, name);
        }
        if (precondition instanceof SqlPrecondition) {
            String sql = ((SqlPrecondition) precondition).getSql();
            if (sql != null && !Query.isHarmless(sql)) {
                add("sqlCheck", changeSet, file, sql);
            }
        }
        // A plan would omit a changeset whose preconditions are not met yet, but a deployment runs it when they are.
        // Preconditions of a whole changelog are always tested, and stop all of it.
        if (
            changeSet != null
                && precondition instanceof PreconditionContainer
                && isTestedInPlan((PreconditionContainer) precondition)
        ) {
            add("onSqlOutput", changeSet, "TEST");
        }
        if (precondition instanceof PreconditionLogic) {
            for (Precondition nested : ((PreconditionLogic) precondition).getNestedPreconditions()) {
                inspect(nested, changeSet, file);
            }
        }
    }

    private static boolean isTestedInPlan(PreconditionContainer preconditions) {
        return preconditions.getOnSqlOutput() == PreconditionContainer.OnSqlOutputOption.TEST;
    }

    private void add(String kind, ChangeSet changeSet, String file, String name) {
        uses.add(changeSet == null ? use(kind, file, name) : use(kind, changeSet, name));
    }

    private void add(String kind, ChangeSet changeSet, String name) {
        uses.add(use(kind, changeSet, name));
    }

    private static Json use(String kind, ChangeSet changeSet, String name) {
        return use(kind, fileOf(changeSet), name)
            .with("id", changeSet.getId())
            .with("author", changeSet.getAuthor())
            .with("logicalFile", changeSet.getFilePath());
    }

    private static Json use(String kind, String file, String name) {
        return new Json().with("event", "code").with("kind", kind).with("file", file).with("name", name);
    }

    /** The file where it is written, regardless of its {@code logicalFilePath}. */
    private static String fileOf(ChangeSet changeSet) {
        return changeSet.getChangeLog() == null ? changeSet.getFilePath() : changeSet.getChangeLog().getPhysicalFilePath();
    }
}
