package aurorapipeline;

import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import liquibase.changelog.ChangeSet;
import liquibase.exception.UnexpectedLiquibaseException;
import liquibase.util.StandardSqlParser;
import liquibase.util.StringClauses;
import liquibase.util.grammar.SimpleCharStream;
import liquibase.util.grammar.SimpleSqlGrammar;
import liquibase.util.grammar.SimpleSqlGrammarConstants;
import liquibase.util.grammar.SimpleSqlGrammarTokenManager;
import liquibase.util.grammar.Token;

/**
 * Liquibase's own parser, with its tokens and its grammar, in a time that grows with the length of the SQL and not with
 * its square. Its own copies all that it has read of a token each 2,048 characters, draws random numbers for the name of each token that it has
 * met before, and leaves gaps for stripped comments that its reader then walks again and again. Named in {@code
 * META-INF/services}.
 */
public final class SqlParser extends StandardSqlParser {
    /** Liquibase looks behind each token for the next that is not white space, and so over all of a gap. */
    private static final int LONGEST_GAP = 64;

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public StringClauses parse(String sql, boolean preserveWhitespace, boolean preserveComments, ChangeSet changeSet) {
        try {
            return new Clauses(preserveWhitespace, preserveComments).read(sql);
        } catch (Throwable failed) {
            // Says where, as ever.
            super.parse(sql, preserveWhitespace, preserveComments, changeSet);
            throw new UnexpectedLiquibaseException(failed);
        }
    }

    private static final class Clauses {
        private final boolean preserveWhitespace;
        private final boolean preserveComments;
        private final StringClauses clauses;
        private final Deque<String> gap = new ArrayDeque<>();
        private final StringBuilder longGap = new StringBuilder();
        private int words;

        Clauses(boolean preserveWhitespace, boolean preserveComments) {
            this.preserveWhitespace = preserveWhitespace;
            this.preserveComments = preserveComments;
            clauses = new StringClauses(preserveWhitespace ? "" : " ");
        }

        StringClauses read(String sql) {
            // Room for the longest token that there can be.
            SimpleCharStream characters = new SimpleCharStream(new StringReader(sql), 1, 1, Math.max(4096, sql.length() + 1));
            SimpleSqlGrammar grammar = new SimpleSqlGrammar(new SimpleSqlGrammarTokenManager(characters));
            for (Token token = grammar.getNextToken(); token != null && !token.image.isEmpty(); token = grammar.getNextToken()) {
                append(token);
            }
            closeGap();
            return clauses;
        }

        private void append(Token token) {
            switch (token.kind) {
                case SimpleSqlGrammarConstants.WHITESPACE:
                    if (preserveWhitespace) {
                        widenGap(token.image);
                    }
                    break;
                case SimpleSqlGrammarConstants.LINE_COMMENT:
                case SimpleSqlGrammarConstants.MULTI_LINE_COMMENT:
                    if (preserveComments) {
                        closeGap();
                        clauses.append(new StringClauses.Comment(commentOf(token)));
                    }
                    break;
                default:
                    closeGap();
                    appendWord(token.image);
            }
        }

        private String commentOf(Token token) {
            boolean open = token.kind == SimpleSqlGrammarConstants.LINE_COMMENT && !token.image.endsWith("\n");
            return open && !preserveWhitespace ? token.image + "\n" : token.image;
        }

        /** The first of its kind by its own name, as Liquibase finds it; another by its number. */
        private void appendWord(String word) {
            words++;
            if (word.trim().isEmpty() || clauses.contains(word.trim())) {
                clauses.append("clause #" + words, word);
            } else {
                clauses.append(word.trim(), word);
            }
        }

        private void widenGap(String space) {
            gap.add(space);
            if (gap.size() > LONGEST_GAP) {
                longGap.append(gap.remove());
            }
        }

        /** The pieces before the next word stay as they are: a delimiter may begin with one. */
        private void closeGap() {
            if (longGap.length() > 0) {
                clauses.append(new StringClauses.Whitespace(longGap.toString()));
                longGap.setLength(0);
            }
            gap.forEach(space -> clauses.append(new StringClauses.Whitespace(space)));
            gap.clear();
        }
    }
}
