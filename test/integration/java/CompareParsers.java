import aurorapipeline.SqlParser;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import liquibase.Scope;
import liquibase.parser.SqlParserFactory;
import liquibase.util.StandardSqlParser;
import liquibase.util.StringClauses;
import liquibase.util.StringUtil;

/** Both parsers return the same clauses and split the same statements, for random SQL; arguments: seed, count. */
public final class CompareParsers {
    private static final String[] PIECES = {
        " ", "  ", "\n", "\r\n", "\t", "\n\n\n\n", ";", ";;", "/", "\n/\n", "go", "\nGO\n", "BEGIN", "END", "begin atomic", "select", "SELECT",
        "'it''s'", "'a;b'", "\"x;y\"", "'", "\"", "$$", "$a$", "-- comment\n", "--", "/* a; b */", "/*", "*/", "1", "1.5", "a.b", "\\", "\\'",
        "\u00e9", "\u4e2d", "\ud83d\ude00", "\u0000", "\u00a0", "(", ")", ",", "||", "::", "x", "transaction", "--\n--\n--\n--\n", "//", "@@",
    };
    private static final String[] DELIMITERS = {null, ";", "/", "GO", "//", "\n/", "\n\n", "@@"};

    public static void main(String[] arguments) {
        Random random = new Random(Long.parseLong(arguments[0]));
        int count = Integer.parseInt(arguments[1]);
        if (!(Scope.getCurrentScope().getSingleton(SqlParserFactory.class).getSqlParser() instanceof SqlParser)) {
            throw new AssertionError("Liquibase does not use our parser");
        }
        for (int i = 0; i < count; i++) {
            StringBuilder sql = new StringBuilder();
            for (int left = random.nextInt(i % 50 == 0 ? 600 : 40); left > 0; left--) {
                String piece = PIECES[random.nextInt(PIECES.length)];
                sql.append(i % 50 == 0 && piece.startsWith("--") ? piece.repeat(100) : piece);
            }
            compare(sql.toString(), random);
        }
        growsLinearly("one long constant", length -> "SELECT '" + "x".repeat(length) + "';");
        growsLinearly("many rows", length -> "INSERT INTO t VALUES" + " (1, 'a'),".repeat(length / 10) + " (2, 'b');");
        growsLinearly("many comments", length -> "SELECT 1;\n" + "-- nothing\n".repeat(length / 11) + "SELECT 2;");
        growsLinearly("blank lines", length -> "SELECT 1;" + "\n".repeat(length) + "SELECT 2;");
        System.out.println("same " + count);
    }

    /**
     * Measured in processor time, which a busy machine does not affect: eight times as much input takes about eight
     * times as long.
     */
    private static void growsLinearly(String what, IntFunction<String> make) {
        spent(make.apply(200_000));
        long small = spent(make.apply(500_000));
        long large = spent(make.apply(4_000_000));
        System.out.printf("%s: %d ms, %d ms%n", what, small / 1_000_000, large / 1_000_000);
        // Quadratic time would take 64 times as long. A few milliseconds prove nothing.
        if (large > 30 * Math.max(small, 10_000_000)) {
            throw new AssertionError(what + ": " + small + " ns become " + large + " ns when the SQL is eight times as long");
        }
    }

    private static long spent(String sql) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        StringUtil.processMultiLineSQL(sql, true, true, null);
        return threads.getCurrentThreadCpuTime() - before;
    }

    private static void compare(String sql, Random random) {
        for (int flags = 0; flags < 4; flags++) {
            boolean space = (flags & 1) != 0;
            boolean comments = (flags & 2) != 0;
            same(sql, () -> text(new StandardSqlParser().parse(sql, space, comments)), () -> text(new SqlParser().parse(sql, space, comments)));
        }
        String delimiter = DELIMITERS[random.nextInt(DELIMITERS.length)];
        boolean strip = random.nextBoolean();
        boolean split = random.nextInt(4) > 0;
        SqlParserFactory factory = Scope.getCurrentScope().getSingleton(SqlParserFactory.class);
        SqlParser ours = (SqlParser) factory.getSqlParser();
        String mine = outcome(() -> Arrays.toString(StringUtil.processMultiLineSQL(sql, strip, split, delimiter)));
        factory.unregister(ours);
        String theirs = outcome(() -> Arrays.toString(StringUtil.processMultiLineSQL(sql, strip, split, delimiter)));
        factory.register(ours);
        same(sql, () -> theirs, () -> mine);
    }

    /** The result of all pieces; how long gaps are split into pieces does not matter. */
    private static String text(StringClauses clauses) {
        return clauses.toString();
    }

    private interface Work {
        String run();
    }

    private static String outcome(Work work) {
        try {
            return work.run();
        } catch (Throwable failed) {
            return "failed " + failed.getClass();
        }
    }

    private static void same(String sql, Work expected, Work actual) {
        String one = outcome(expected);
        String other = outcome(actual);
        if (!one.equals(other)) {
            throw new AssertionError("SQL: " + quote(sql) + "\nLiquibase: " + quote(one) + "\nours: " + quote(other));
        }
    }

    private static String quote(String text) {
        return text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
    }
}
