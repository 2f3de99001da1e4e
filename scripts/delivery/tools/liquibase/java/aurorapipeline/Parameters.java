package aurorapipeline;

import java.lang.reflect.Field;
import java.util.List;
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
 * Changelog parameters that are the same on every machine: those that the project declares, and Liquibase's own about
 * the database and the changelog. Liquibase also treats every environment variable and system property as a parameter,
 * with precedence over a declared one of the same name, so that a plan would depend on where and when it is made.
 *
 * <p>They also inspect each text after expansion, the last step before Liquibase loads it: for a value {@code
 * text!{some.Class}}, Liquibase instantiates that class with the text as its argument, and a {@code
 * java.io.FileOutputStream} would truncate a file. No schema prevents it, and parameters can assemble it.
 */
final class Parameters extends ChangeLogParameters {
    /** The pattern of {@code AbstractLiquibaseSerializable.convertEscaped}, with a valid class name. */
    private static final Pattern INSTANCE = Pattern.compile(".*!\\{([\\w$]+(?:\\.[\\w$]+)+)\\}");

    private static final Field OF_MACHINE = field("systemParameters");
    /** Liquibase derives it from the time. */
    private static final String OF_RUN = "LIQUIBASE_EXECUTION_DEPLOYMENT_ID";

    private final ChangeLogParameters parameters;

    Parameters(ChangeLogParameters parameters) {
        this.parameters = parameters;
        forgetMachine(parameters);
    }

    private static void forgetMachine(ChangeLogParameters parameters) {
        try {
            ((List<?>) OF_MACHINE.get(parameters)).clear();
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Liquibase calls {@link #getValue} for each parameter in the text. */
    @Override
    public String expandExpressions(String text, DatabaseChangeLog changeLog) throws UnknownChangeLogParameterException {
        String expanded = super.expandExpressions(text, changeLog);
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
        return OF_RUN.equalsIgnoreCase(key) ? null : parameters.getValue(key, changeLog);
    }

    @Override
    public Object getLocalValue(String key, ChangeSet changeSet) {
        return parameters.getLocalValue(key, changeSet);
    }

    @Override
    public boolean hasValue(String key, DatabaseChangeLog changeLog) {
        return !OF_RUN.equalsIgnoreCase(key) && parameters.hasValue(key, changeLog);
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

    private static Field field(String name) {
        try {
            Field field = ChangeLogParameters.class.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException missing) {
            throw new IllegalStateException("This version of Liquibase keeps parameters in another way.", missing);
        }
    }
}
