package aurorapipeline;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import liquibase.changelog.ChangeSet;

/**
 * The processor time that a dry run may take, which grows with the size of the files that it reads. What a changelog
 * contains can keep Liquibase busy for ever, above all a regular expression ({@code endDelimiter}, {@code
 * regExpReplace}): Java can neither limit nor interrupt one. So {@link Session} reports where Liquibase is, and ends the
 * process. Waiting for the server does not count. An update has no such limit: what it runs was planned.
 */
final class Budget {
    private static final String SECONDS = "aurorapipeline.planSeconds";
    private static final String SECONDS_PER_MEGABYTE = "aurorapipeline.planSecondsPerMegabyte";
    private static final Set<String> DRY_RUNS = Set.of("update-sql", "rollback-sql");
    /** Most dry runs are shorter, and need not load the classes that measure it. */
    private static final long UNMEASURED_NANOSECONDS = 2_000_000_000L;

    private static final Set<String> FILES = new HashSet<>();
    private static volatile Budget current;
    private static volatile long bytes;
    /** A {@link ChangeSet}, or the path of a file. */
    private static volatile Object place;

    private final Thread thread = Thread.currentThread();
    private final long startedAt = System.nanoTime();
    /** The thread's processor time when it was measured first. */
    private long before = -1;

    private Budget() {}

    /** The current thread begins to run a command. */
    static void begin(List<String> arguments) {
        FILES.clear();
        bytes = 0;
        place = null;
        current = arguments.stream().anyMatch(DRY_RUNS::contains) ? new Budget() : null;
    }

    static void end() {
        current = null;
    }

    /** Liquibase begins to read a file or to process a changeset. */
    static void at(Object newPlace) {
        place = newPlace;
    }

    /** A file that is opened again allows no more. */
    static void reads(String path, Path file) throws IOException {
        if (current != null && FILES.add(path)) {
            bytes += Files.size(file);
        }
    }

    /** What is to be reported before the process ends; null as long as there is time. */
    static Json exceeded() {
        Budget budget = current;
        return budget == null ? null : budget.measure();
    }

    private Json measure() {
        if (System.nanoTime() - startedAt < UNMEASURED_NANOSECONDS) {
            return null;
        }
        long used = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
        if (before < 0) {
            before = used;
        }
        double allowed = number(SECONDS) + number(SECONDS_PER_MEGABYTE) * bytes / 1e6;
        if (used - before < allowed * 1e9) {
            return null;
        }
        return new Json().with("place", named(place)).with("expression", expression(thread)).with("seconds", Math.round(allowed));
    }

    private static double number(String property) {
        return Double.parseDouble(System.getProperty(property, "Infinity"));
    }

    private static String named(Object place) {
        return place instanceof ChangeSet ? Places.of((ChangeSet) place) : (String) place;
    }

    /** The attribute whose regular expression the thread evaluates; null if it does something else. */
    private static String expression(Thread thread) {
        for (StackTraceElement call : thread.getStackTrace()) {
            if (call.getClassName().equals("liquibase.util.StringUtil") && call.getMethodName().equals("isDelimiter")) {
                return "endDelimiter";
            }
            if (call.getClassName().equals("liquibase.sql.visitor.RegExpReplaceSqlVisitor")) {
                return "regExpReplace";
            }
        }
        return null;
    }
}
