package aurorapipeline;

import java.util.List;
import java.util.stream.Collectors;
import liquibase.Scope;
import liquibase.change.ChangeFactory;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.exception.ChangeLogParseException;
import liquibase.parser.ChangeLogParser;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.resource.ResourceAccessor;

/**
 * Runs before all changelog parsers, and reports what in a changelog runs code to the parent, as events {@code code}.
 * If code is not allowed, it ends the command: at that point the changelog is parsed, but no precondition has been
 * checked, no change validated and no SQL generated. Registered in {@code META-INF/services}.
 */
public final class Gate implements ChangeLogParser {
    private static final int BEFORE_ALL = 1000;

    private static boolean allowed;
    /** Findings of the changelog that is being parsed, including its includes. */
    private static Code found;
    private static Places places;
    private static Includes includes;

    /** If unset, the parsers behave like Liquibase's own, and reject whatever runs code. */
    static void allowCode() {
        allowed = true;
    }

    /** Removes the change that instantiates a class when it is parsed. */
    static void close() {
        if (!allowed) {
            ChangeFactory changes = Scope.getCurrentScope().getSingleton(ChangeFactory.class);
            changes.unregister(UnloadedChange.NAME);
            changes.register(new UnloadedChange());
        }
    }

    @Override
    public int getPriority() {
        return BEFORE_ALL;
    }

    @Override
    public boolean supports(String file, ResourceAccessor accessor) {
        return parserOf(file, accessor) != null;
    }

    @Override
    public DatabaseChangeLog parse(String file, ChangeLogParameters parameters, ResourceAccessor accessor)
        throws ChangeLogParseException {
        ChangeLogParser parser = parserOf(file, accessor);
        if (found != null) {
            found.inspectFormat(parser, file);
            return parse(parser, file, parameters, accessor);
        }
        found = new Code();
        places = new Places();
        includes = new Includes();
        try {
            found.inspectFormat(parser, file);
            DatabaseChangeLog changeLog = parse(parser, file, new Parameters(parameters), accessor);
            found.inspect(changeLog);
            if (!found.isEmpty() && !allowed) {
                throw new ChangeLogParseException("The changelog runs code, which is not allowed.");
            }
            Limited.limit(changeLog, places);
            Adopted.mark(changeLog);
            describe(changeLog);
            Selection.report(changeLog, parameters);
            return changeLog;
        } finally {
            found.send();
            found = null;
            places = null;
            includes = null;
        }
    }

    /** Reports all changesets, also those that will not run: what the history has beside them has lost its source. */
    private static void describe(DatabaseChangeLog changeLog) {
        List<Json> changeSets = changeLog.getChangeSets().stream()
            .map(changeSet -> new Json()
                .with("id", changeSet.getId())
                .with("author", changeSet.getAuthor())
                .with("file", changeSet.getFilePath()))
            .collect(Collectors.toList());
        Session.send(new Json().with("event", "source").withAll("changesets", changeSets));
    }

    private static DatabaseChangeLog parse(
        ChangeLogParser parser,
        String file,
        ChangeLogParameters parameters,
        ResourceAccessor accessor
    ) throws ChangeLogParseException {
        includes.enter(file);
        Budget.at(file);
        try {
            DatabaseChangeLog changeLog = parser.parse(file, parameters, accessor);
            places.note(changeLog);
            return changeLog;
        } catch (StackOverflowError error) {
            throw new ChangeLogParseException(TooDeep.in(file));
        } finally {
            Budget.at(includes.leave());
        }
    }

    /** Liquibase is about to instantiate this class. */
    static void instantiates(String file, String className) {
        found.add("class", file, className);
        if (!allowed) {
            throw new IllegalStateException("The changelog runs code, which is not allowed.");
        }
    }

    private ChangeLogParser parserOf(String file, ResourceAccessor accessor) {
        for (ChangeLogParser parser : ChangeLogParserFactory.getInstance().getParsers()) {
            if (parser != this && parser.supports(file, accessor)) {
                return parser;
            }
        }
        return null;
    }
}
