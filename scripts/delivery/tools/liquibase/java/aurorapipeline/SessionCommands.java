package aurorapipeline;

import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.command.CommandStep;
import liquibase.exception.ServiceNotFoundException;
import liquibase.servicelocator.StandardServiceLocator;

/**
 * Lets a session of Liquibase have the commands that {@code liquibase.ts} runs, and no others. Liquibase's command line
 * declares every option of every command that it finds: measured, a tenth of a short session's processor time went into
 * the fifty others. Standalone, Liquibase has all of them also with these classes. Registered in {@code META-INF/services}.
 */
public final class SessionCommands extends StandardServiceLocator {
    /** Liquibase's package of commands; what they are made of is in packages below it. */
    private static final String PACKAGE = "liquibase.command.core";
    private static final Set<String> NEEDED = Set.of(
        "RollbackCommandStep",
        "RollbackCountCommandStep",
        "RollbackSqlCommandStep",
        "UpdateCommandStep",
        "UpdateSqlCommandStep",
        "UpdateToTagCommandStep"
    );

    private static volatile boolean limited;

    /** Before Liquibase looks for its commands. */
    static void limit() {
        limited = true;
    }

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public <T> List<T> findInstances(Class<T> type) throws ServiceNotFoundException {
        if (!limited || type != CommandStep.class) {
            return super.findInstances(type);
        }
        return ServiceLoader.load(type, Scope.getCurrentScope().getClassLoader(true)).stream()
            .filter(command -> isNeeded(command.type()))
            .map(ServiceLoader.Provider::get)
            .collect(Collectors.toList());
    }

    private static boolean isNeeded(Class<?> command) {
        return !command.getPackageName().equals(PACKAGE) || NEEDED.contains(command.getSimpleName());
    }
}
