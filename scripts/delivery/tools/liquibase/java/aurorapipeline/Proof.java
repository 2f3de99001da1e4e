package aurorapipeline;

import java.sql.SQLException;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;

/**
 * Undoes each changeset of an update right after it ran, and applies it again (Liquibase's {@code
 * --change-exec-listener-class}). After each step the parent looks at the database and answers how to go on:
 *
 * <ul>
 *   <li>{@code applied}: {@code undo}, or {@code skip} a changeset that is proven already
 *   <li>{@code undone}, {@code undoMissing}, {@code undoFailed}: {@code apply} it again, {@code keep} it as it is since
 *       nothing was undone, or {@code stop}
 *   <li>{@code appliedAgain}, {@code applyAgainFailed}: {@code go} on to the next one, or {@code stop}
 * </ul>
 *
 * One update with its changelog parsed once, instead of an update and a rollback for each changeset: 170 changesets take
 * seconds instead of minutes, and one whose rollback is wrong does not keep the others from being tried.
 */
public final class Proof extends Events {
    /** At this point the changeset is committed, but not yet in Liquibase's history. */
    @Override
    public void ran(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database, ChangeSet.ExecType type) {
        super.ran(changeSet, changeLog, database, type);
        if (type == ChangeSet.ExecType.EXECUTED && ask("applied", changeSet).equals("undo")) {
            undo(changeSet, changeLog, database);
        }
    }

    private static void undo(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        long startedAt = System.nanoTime();
        Json question = event("undone", changeSet);
        try {
            changeSet.rollback(database, null);
        } catch (LiquibaseException | RuntimeException exception) {
            String step = reachedTheDatabase(exception) ? "undoFailed" : "undoMissing";
            question = event(step, changeSet).with("message", cause(exception)).with("statement", statement(exception));
        }
        String answer = ask(question.with("milliseconds", (System.nanoTime() - startedAt) / 1_000_000));
        if (answer.equals("apply")) {
            applyAgain(changeSet, changeLog, database);
        } else {
            stopUnless(answer, "keep");
        }
    }

    private static void applyAgain(ChangeSet changeSet, DatabaseChangeLog changeLog, Database database) {
        String answer;
        try {
            changeSet.execute(changeLog, null, database);
            answer = ask("appliedAgain", changeSet);
        } catch (LiquibaseException | RuntimeException exception) {
            Json question = event("applyAgainFailed", changeSet).with("message", cause(exception));
            answer = ask(question.with("statement", statement(exception)));
        }
        stopUnless(answer, "go");
    }

    /** Liquibase rejects a changeset without a rollback before it runs anything. */
    private static boolean reachedTheDatabase(Throwable exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof DatabaseException || cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }

    private static void stopUnless(String answer, String expected) {
        if (!answer.equals(expected)) {
            throw new IllegalStateException("The proof was stopped.");
        }
    }

    private static String ask(String step, ChangeSet changeSet) {
        return ask(event(step, changeSet));
    }

    private static String ask(Json question) {
        send(question);
        return Session.answer();
    }
}
