package aurorapipeline;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.precondition.ErrorPrecondition;
import liquibase.precondition.FailedPrecondition;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;
import liquibase.precondition.core.ChangeLogPropertyDefinedPrecondition;
import liquibase.precondition.core.ChangeSetExecutedPrecondition;
import liquibase.precondition.core.ColumnExistsPrecondition;
import liquibase.precondition.core.DBMSPrecondition;
import liquibase.precondition.core.NotPrecondition;
import liquibase.precondition.core.ObjectQuotingStrategyPrecondition;
import liquibase.precondition.core.OrPrecondition;
import liquibase.precondition.core.PreconditionContainer;
import liquibase.precondition.core.RunningAsPrecondition;
import liquibase.precondition.core.SqlPrecondition;
import liquibase.precondition.core.TableExistsPrecondition;
import liquibase.precondition.core.UniqueConstraintExistsPrecondition;
import liquibase.precondition.core.ViewExistsPrecondition;

/**
 * What the preconditions of the pending changesets will come to in the update, as far as a plan can know: a dry run tests
 * none by itself. Each is tested as the update would, in the plan's read-only transaction. What an earlier changeset of
 * the same release may change is {@code Unknown}; so is what depends on the user, who is another one in the update.
 */
final class Forecast {
    /** Insufficient privilege: the planner may not read what the migrator may. */
    private static final String FORBIDDEN = "42501";
    /** More text is not searched for names: everything may depend on it. */
    private static final int MOST_TEXT = 2_000_000;
    /** What can change objects that it does not name, or decides at run time what it does. */
    private static final Pattern OPAQUE = Pattern.compile(
        "^\\s*(select|with|do|call|explain)\\b|\\b(execute|perform|cascade|schema|search_path|owned)\\b",
        Pattern.CASE_INSENSITIVE
    );
    /** The information schema has only what the user may use. */
    private static final Pattern USER = Pattern.compile(
        "\\b(current_user|session_user|current_role|user|current_setting|information_schema)\\b",
        Pattern.CASE_INSENSITIVE
    );
    private static final String LATER = "it depends on what changesets before it do";
    private static final String OF_USER = "it depends on the user, who is another one in the deployment";

    /** Changesets of which an earlier plan could not tell, so that this one must not either: null until the parent is asked. */
    private Set<String> undecided;
    /** What may run before the current changeset, in lower case. */
    private final StringBuilder before = new StringBuilder();
    /** Something may run before it that can change anything. */
    private boolean opaque;
    private boolean something;
    /** Changesets before it: those that will be in the history, and those of which only the update can tell. */
    private final Set<String> executed = new HashSet<>();
    private final Set<String> uncertain = new HashSet<>();

    /** What becomes of a changeset, and why. */
    static final class Outcome {
        /** {@code Runs}, {@code Marked}, {@code Skipped}, {@code Halts} or {@code Unknown}. */
        final String what;
        final String reason;

        Outcome(String what, String reason) {
            this.what = what;
            this.reason = reason;
        }

        boolean is(String other) {
            return what.equals(other);
        }

        /** Null if it simply runs. */
        Json json() {
            return is("Runs") ? null : new Json().with("outcome", what).with("reason", reason);
        }
    }

    Outcome of(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        PreconditionContainer preconditions = changeSet.getPreconditions();
        if (preconditions == null) {
            return new Outcome("Runs", null);
        }
        return undecided().contains(Places.keyOf(changeSet))
            ? new Outcome("Unknown", "the plan that was approved could not tell")
            : outcome(preconditions, new Test(changeSet, changeLog, database).of(preconditions));
    }

    /**
     * The plan of a deployment is made by a user who may read more. It must come to the same as the approved one, or nothing
     * would ever be deployed.
     */
    private Set<String> undecided() {
        if (undecided == null) {
            Session.send(new Json().with("event", "mayDecide"));
            undecided = Set.copyOf(Session.answers());
        }
        return undecided;
    }

    /** Why the preconditions of the whole changelog stop the update before its first changeset; null if they do not. */
    static String objection(DatabaseChangeLog changeLog, Database database) {
        Test test = new Forecast().new Test(null, changeLog, database);
        for (Precondition one : changeLog.getPreconditions().getNestedPreconditions()) {
            Answer answer = one == null ? Answer.YES : test.of(one);
            // Liquibase only knows HALT and WARN here.
            boolean warns = one instanceof PreconditionContainer
                && (answer.truth == Truth.ERROR
                    ? ((PreconditionContainer) one).getOnError() == PreconditionContainer.ErrorOption.WARN
                    : ((PreconditionContainer) one).getOnFail() == PreconditionContainer.FailOption.WARN);
            if ((answer.truth == Truth.NO || answer.truth == Truth.ERROR) && !warns) {
                return answer.reason;
            }
        }
        return null;
    }

    /** Later changesets come after this one, which sends these statements if it runs. */
    void passed(ChangeSet changeSet, Outcome outcome, List<String> statements) {
        boolean mayFail = outcome.is("Unknown") || Boolean.FALSE.equals(changeSet.getFailOnError());
        (mayFail ? uncertain : executed).add(nameOf(changeSet.getFilePath(), changeSet.getId(), changeSet.getAuthor()));
        for (String statement : statements) {
            something = true;
            opaque |= before.length() + statement.length() > MOST_TEXT || OPAQUE.matcher(statement).find();
            if (!opaque) {
                before.append(statement.toLowerCase(Locale.ROOT)).append('\n');
            }
        }
    }

    private static Outcome outcome(PreconditionContainer preconditions, Answer answer) {
        switch (answer.truth) {
            case YES:
                return new Outcome("Runs", null);
            case NO:
                String message = preconditions.getOnFailMessage();
                return outcome(preconditions.getOnFail().name(), message == null ? answer.reason : message);
            case ERROR:
                return outcome(preconditions.getOnError().name(), answer.reason);
            default:
                return new Outcome("Unknown", answer.reason);
        }
    }

    private static Outcome outcome(String option, String reason) {
        switch (option) {
            case "MARK_RAN":
                return new Outcome("Marked", reason);
            case "CONTINUE":
                return new Outcome("Skipped", reason);
            case "WARN":
                return new Outcome("Runs", null);
            default:
                return new Outcome("Halts", reason);
        }
    }

    private enum Truth { YES, NO, ERROR, UNKNOWN }

    private static final class Answer {
        static final Answer YES = new Answer(Truth.YES, null);

        final Truth truth;
        final String reason;

        Answer(Truth truth, String reason) {
            this.truth = truth;
            this.reason = reason;
        }

        static Answer unknown(String reason) {
            return new Answer(Truth.UNKNOWN, reason);
        }
    }

    /** Liquibase's own logic, with a third value. */
    private final class Test {
        private final ChangeSet changeSet;
        private final DatabaseChangeLog changeLog;
        private final Database database;

        Test(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
            this.changeSet = changeSet;
            this.changeLog = changeLog;
            this.database = database;
        }

        Answer of(Precondition precondition) {
            if (precondition instanceof OrPrecondition) {
                return any(((PreconditionLogic) precondition).getNestedPreconditions());
            }
            if (precondition instanceof NotPrecondition) {
                return none(((PreconditionLogic) precondition).getNestedPreconditions());
            }
            return precondition instanceof PreconditionLogic
                ? all(((PreconditionLogic) precondition).getNestedPreconditions())
                : one(precondition);
        }

        private Answer all(List<Precondition> nested) {
            Answer unknown = null;
            for (Precondition each : nested) {
                Answer answer = of(each);
                if (answer.truth == Truth.UNKNOWN) {
                    unknown = answer;
                } else if (answer.truth != Truth.YES) {
                    // After one that is not known, Liquibase may never come to an error.
                    return answer.truth == Truth.ERROR && unknown != null ? unknown : answer;
                }
            }
            return unknown == null ? Answer.YES : unknown;
        }

        private Answer any(List<Precondition> nested) {
            Answer unknown = null;
            Answer no = new Answer(Truth.NO, "no alternative is given");
            for (Precondition each : nested) {
                Answer answer = of(each);
                if (answer.truth == Truth.YES) {
                    return Answer.YES;
                }
                if (answer.truth == Truth.ERROR) {
                    return unknown == null ? answer : unknown;
                }
                unknown = answer.truth == Truth.UNKNOWN ? answer : unknown;
                no = answer.truth == Truth.NO ? answer : no;
            }
            return unknown == null ? no : unknown;
        }

        private Answer none(List<Precondition> nested) {
            Answer unknown = null;
            for (Precondition each : nested) {
                Answer answer = of(each);
                if (answer.truth == Truth.YES) {
                    return new Answer(Truth.NO, "it holds, and must not: " + each.getName());
                }
                if (answer.truth == Truth.ERROR) {
                    return unknown == null ? answer : unknown;
                }
                unknown = answer.truth == Truth.UNKNOWN ? answer : unknown;
            }
            return unknown == null ? Answer.YES : unknown;
        }

        private Answer one(Precondition precondition) {
            Precondition own = precondition instanceof Limited ? ((Limited) precondition).wrapped() : precondition;
            String hindrance = hindrance(own);
            if (hindrance != null) {
                return Answer.unknown(hindrance);
            }
            if (own instanceof ChangeSetExecutedPrecondition && executed.contains(named((ChangeSetExecutedPrecondition) own))) {
                return Answer.YES;
            }
            try {
                precondition.check(database, changeLog, changeSet, null);
                return Answer.YES;
            } catch (PreconditionFailedException failed) {
                String reason = failed.getFailedPreconditions().stream()
                    .map(FailedPrecondition::getMessage)
                    .collect(Collectors.joining("; "));
                return new Answer(Truth.NO, reason);
            } catch (PreconditionErrorException error) {
                Throwable cause = error.getErrorPreconditions().stream()
                    .map(ErrorPrecondition::getCause)
                    .findFirst()
                    .orElse(error);
                String reason = Events.cause(cause);
                return isForbidden(cause) ? Answer.unknown("the plan's user may not test it: " + reason) : new Answer(Truth.ERROR, reason);
            } finally {
                endTransaction();
            }
        }

        /** What a failed query leaves, or one that set its own timeout. */
        private void endTransaction() {
            try {
                database.getConnection().rollback();
            } catch (DatabaseException exception) {
                throw new IllegalStateException(exception);
            }
        }

        /** Why the answer of now may not be the one in the update; null if it is. */
        private String hindrance(Precondition one) {
            // Liquibase finds unique constraints in the information schema.
            if (one instanceof RunningAsPrecondition || one instanceof UniqueConstraintExistsPrecondition) {
                return OF_USER;
            }
            if (one instanceof Adopted
                || one instanceof DBMSPrecondition
                || one instanceof ChangeLogPropertyDefinedPrecondition
                || one instanceof ObjectQuotingStrategyPrecondition) {
                return null;
            }
            if (one instanceof ChangeSetExecutedPrecondition) {
                return uncertain.contains(named((ChangeSetExecutedPrecondition) one)) ? LATER : null;
            }
            if (!Harmless.is(one)) {
                return "it runs code of the repository";
            }
            if (one instanceof SqlPrecondition) {
                String sql = String.valueOf(((SqlPrecondition) one).getSql());
                if (!Query.isHarmless(sql)) {
                    return "its SQL may do more than read";
                }
                if (USER.matcher(sql).find()) {
                    return OF_USER;
                }
            }
            return something && mayChange(one) ? LATER : null;
        }

        private String named(ChangeSetExecutedPrecondition one) {
            String file = one.getChangeLogFile() == null ? changeLog.getLogicalFilePath() : one.getChangeLogFile();
            return nameOf(file, one.getId(), one.getAuthor());
        }

        private boolean mayChange(Precondition one) {
            if (opaque) {
                return true;
            }
            if (one instanceof TableExistsPrecondition) {
                return names(((TableExistsPrecondition) one).getTableName());
            }
            if (one instanceof ViewExistsPrecondition) {
                return names(((ViewExistsPrecondition) one).getViewName());
            }
            // A column may come with the table's parent.
            return !(one instanceof ColumnExistsPrecondition)
                || names(((ColumnExistsPrecondition) one).getTableName())
                || names("alter table");
        }

        private boolean names(String name) {
            return name == null || before.indexOf(name.toLowerCase(Locale.ROOT)) >= 0;
        }
    }

    private static boolean isForbidden(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException && FORBIDDEN.equals(((SQLException) cause).getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static String nameOf(String file, String id, String author) {
        return (DatabaseChangeLog.normalizePath(file) + "::" + id + "::" + author).toLowerCase(Locale.ROOT);
    }
}
