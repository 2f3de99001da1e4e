package aurorapipeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import liquibase.ContextExpression;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Labels;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.exception.UnknownChangeLogParameterException;

/**
 * Changelog parameters that look at each text once it is expanded, the last thing before Liquibase loads it: of a value
 * {@code text!{some.Class}} Liquibase makes an instance of that class with the text as its argument, and a {@code
 * java.io.FileOutputStream} empties a file. No schema stops it, and parameters can put it together.
 */
final class Parameters extends ChangeLogParameters {
    /** As {@code AbstractLiquibaseSerializable.convertEscaped} has it, with a name that can be a class's. */
    private static final Pattern INSTANCE = Pattern.compile(".*!\\{([\\w$]+(?:\\.[\\w$]+)+)\\}");

    private final ChangeLogParameters parameters;

    Parameters(ChangeLogParameters parameters) {
        this.parameters = parameters;
    }

    @Override
    public String expandExpressions(String text, DatabaseChangeLog changeLog) throws UnknownChangeLogParameterException {
        String expanded = parameters.expandExpressions(text, changeLog);
        Matcher matcher = expanded != null && expanded.endsWith("}") ? INSTANCE.matcher(expanded) : null;
        if (matcher != null && matcher.matches()) {
            Gate.instantiates(changeLog.getPhysicalFilePath(), matcher.group(1));
        }
        return expanded;
    }

    @Override
    public void set(String key, Object value, ContextExpression contexts, Labels labels, String... databases) {
        parameters.set(key, value, contexts, labels, databases);
    }

    @Override
    public void setLocal(
        String key,
        Object value,
        DatabaseChangeLog changeLog,
        ContextExpression contexts,
        Labels labels,
        String... databases
    ) {
        parameters.setLocal(key, value, changeLog, contexts, labels, databases);
    }

    @Override
    public Object getValue(String key, DatabaseChangeLog changeLog) {
        return parameters.getValue(key, changeLog);
    }

    @Override
    public Object getLocalValue(String key, ChangeSet changeSet) {
        return parameters.getLocalValue(key, changeSet);
    }

    @Override
    public boolean hasValue(String key, DatabaseChangeLog changeLog) {
        return parameters.hasValue(key, changeLog);
    }

    @Override
    public Contexts getContexts() {
        return parameters.getContexts();
    }

    @Override
    public void setContexts(Contexts contexts) {
        parameters.setContexts(contexts);
    }

    @Override
    public LabelExpression getLabels() {
        return parameters.getLabels();
    }

    @Override
    public void setLabels(LabelExpression labels) {
        parameters.setLabels(labels);
    }

    @Override
    public String getDatabase() {
        return parameters.getDatabase();
    }

    @Override
    public void setDatabase(String database) {
        parameters.setDatabase(database);
    }
}
