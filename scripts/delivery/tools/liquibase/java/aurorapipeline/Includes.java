package aurorapipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.exception.ChangeLogParseException;

/**
 * The files that a changelog includes while it is parsed, however their names come about: by parameters, by {@code
 * modifyChangeSets}, in a jar. The delivery program finds most of what is refused here before Liquibase starts, all of it
 * at once; it reads no jars and knows only the parameters of {@code liquibase.properties}.
 */
final class Includes {
    /** As in {@code bounds.ts}. */
    private static final int MOST_INCLUDES = 50_000;

    private final Deque<String> open = new ArrayDeque<>();
    private int files;

    void enter(String file) throws ChangeLogParseException {
        String name = DatabaseChangeLog.normalizePath(file);
        if (open.contains(name)) {
            StringBuilder circle = new StringBuilder();
            open.descendingIterator().forEachRemaining(one -> circle.append(one).append(" → "));
            throw new ChangeLogParseException(name + ": it includes itself: " + circle + name);
        }
        files++;
        if (files > MOST_INCLUDES) {
            throw new ChangeLogParseException(
                name + ": it exceeds the " + MOST_INCLUDES + " files that a changelog may include"
            );
        }
        open.push(name);
    }

    /** The file that is read on, if there is one. */
    String leave() {
        open.pop();
        return open.peek();
    }
}
