package aurorapipeline;

import liquibase.change.AbstractChange;
import liquibase.change.DatabaseChange;
import liquibase.database.Database;
import liquibase.parser.core.ParsedNode;
import liquibase.parser.core.ParsedNodeException;
import liquibase.resource.ResourceAccessor;
import liquibase.statement.SqlStatement;

/**
 * Replaces {@code customChange} if code is not allowed: Liquibase's own instantiates the class as soon as it parses the
 * changelog. This one keeps only the name of the class, and {@link Gate} rejects it.
 */
@DatabaseChange(name = UnloadedChange.NAME, description = "Keeps the name of a class that is not loaded", priority = 1)
public final class UnloadedChange extends AbstractChange {
    static final String NAME = "customChange";

    private String className;

    @Override
    public void load(ParsedNode node, ResourceAccessor resourceAccessor) throws ParsedNodeException {
        className = node.getChildValue(null, "class", String.class);
    }

    String className() {
        return className;
    }

    @Override
    public SqlStatement[] generateStatements(Database database) {
        throw new IllegalStateException("The class " + className + " is not loaded: code is not allowed.");
    }

    @Override
    public String getConfirmationMessage() {
        return "Nothing was done";
    }
}
