package aurorapipeline;

import java.util.List;
import java.util.Set;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.PreconditionFailedException;
import liquibase.exception.ValidationErrors;
import liquibase.exception.Warnings;
import liquibase.parser.core.ParsedNode;
import liquibase.precondition.FailedPrecondition;
import liquibase.precondition.Precondition;
import liquibase.precondition.core.PreconditionContainer;
import liquibase.resource.ResourceAccessor;

/**
 * The precondition of a changeset whose objects the database had before the pipeline: it never holds, and the changeset is
 * only marked as run. Unlike after {@code changelog-sync}, an undo then takes away the mark and not the objects: see {@link
 * Marked}.
 */
final class Adopted implements Precondition {
    private static final String REASON = "baseline.json says that the database has it already";
    private static Set<String> adopted = Set.of();

    private Adopted() {}

    /** The changesets of the next command, by {@link Places#keyOf}. */
    static void set(List<String> changeSets) {
        adopted = Set.copyOf(changeSets);
    }

    /** Takes the place of their own preconditions, which say nothing about what is there. */
    static void mark(DatabaseChangeLog changeLog) {
        for (ChangeSet changeSet : changeLog.getChangeSets()) {
            if (adopted.contains(Places.keyOf(changeSet))) {
                PreconditionContainer container = new PreconditionContainer();
                container.setOnFail(PreconditionContainer.FailOption.MARK_RAN.name());
                container.addNestedPrecondition(new Adopted());
                changeSet.setPreconditions(container);
            }
        }
    }

    @Override
    public String getName() {
        return "notInBaseline";
    }

    @Override
    public void check(Database database, DatabaseChangeLog changeLog, ChangeSet changeSet, ChangeExecListener listener)
        throws PreconditionFailedException {
        throw new PreconditionFailedException(new FailedPrecondition(REASON, changeLog, this));
    }

    @Override
    public Warnings warn(Database database) {
        return new Warnings();
    }

    @Override
    public ValidationErrors validate(Database database) {
        return new ValidationErrors();
    }

    @Override
    public Set<String> getSerializableFields() {
        return Set.of();
    }

    @Override
    public Object getSerializableFieldValue(String field) {
        return null;
    }

    @Override
    public String getSerializedObjectName() {
        return getName();
    }

    @Override
    public String getSerializedObjectNamespace() {
        return STANDARD_CHANGELOG_NAMESPACE;
    }

    @Override
    public String getSerializableFieldNamespace(String field) {
        return getSerializedObjectNamespace();
    }

    @Override
    public SerializationType getSerializableFieldType(String field) {
        return SerializationType.NAMED_FIELD;
    }

    @Override
    public ParsedNode serialize() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void load(ParsedNode node, ResourceAccessor accessor) {}
}
