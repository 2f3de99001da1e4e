package aurorapipeline;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SQL of a {@code sqlCheck}, which Liquibase runs outside the plan: it is neither reviewed nor approved. Only a
 * single SELECT that calls none but the functions that the engine names is allowed. A complete grammar would allow more; this class
 * prefers to reject.
 */
final class Query {
    /**
     * Keywords of statements that change something, including within a WITH, and of reads that lock rows or create a
     * table.
     */
    private static final Pattern CHANGES = Pattern.compile(
        "\\b(insert|update|delete|merge|truncate|alter|create|drop|grant|revoke|call|do|copy|execute|set|into|lock|listen"
            + "|notify|share|begin|commit|rollback)\\b"
    );
    /** All letters count, not only those of ASCII: {@code ücount(} is not {@code count(}. */
    private static final Pattern CALL = Pattern.compile("([\\w\"$.]+)\\s*\\(", Pattern.UNICODE_CHARACTER_CLASS);
    /**
     * Possessive, and runs instead of single characters: Java's patterns recurse for each repetition that they could
     * backtrack.
     */
    private static final Pattern STRING = Pattern.compile("(?<![\\w])'(?:[^'\\\\]++|'')*+'");
    private static final Pattern ODD = Pattern.compile("[;\\\\$']");
    private static final Pattern BEGINNING = Pattern.compile("(select|with|values|table)\\b");

    private Query() {}

    static boolean isHarmless(String sql) {
        String text = STRING.matcher(sql.trim().toLowerCase(Locale.ROOT)).replaceAll("''").replaceAll(";$", "");
        // Comments, dollar quotes, escapes, a second statement, an unbalanced quote: each could hide what follows.
        if (text.contains("--") || text.contains("/*") || ODD.matcher(text.replace("''", "")).find()) {
            return false;
        }
        if (!BEGINNING.matcher(text).lookingAt() || CHANGES.matcher(text).find()) {
            return false;
        }
        // Other quotes than the above, and other comments, by which text could pass for a string that the server runs.
        if (Dialect.all("ambiguous").stream().anyMatch(one -> Pattern.compile(one).matcher(text).find())) {
            return false;
        }
        Set<String> harmless = Set.copyOf(Dialect.all("harmlessFunction"));
        Matcher calls = CALL.matcher(text);
        while (calls.find()) {
            if (!harmless.contains(calls.group(1))) {
                return false;
            }
        }
        return true;
    }
}
