package aurorapipeline;

/** The message that replaces {@code java.lang.StackOverflowError}, which names no place. */
final class TooDeep {
    private TooDeep() {}

    static String in(String where) {
        return where + " is nested more deeply than Liquibase can read (StackOverflowError).";
    }
}
