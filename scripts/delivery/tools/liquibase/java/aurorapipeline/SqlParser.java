package aurorapipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import liquibase.changelog.ChangeSet;
import liquibase.exception.UnexpectedLiquibaseException;
import liquibase.util.StandardSqlParser;
import liquibase.util.StringClauses;
import liquibase.util.StringUtil;
import liquibase.util.grammar.SimpleSqlGrammarConstants;
import liquibase.util.grammar.SimpleSqlGrammarTokenManager;
import liquibase.util.grammar.Token;

/**
 * Liquibase's own parser, with its tokens, but with a running time that is linear in the length of the SQL instead of
 * quadratic. Liquibase's own draws random numbers for the name of each repeated token, and leaves gaps for stripped
 * comments that its reader then walks again and again; {@link Characters} explains the rest. Registered in {@code
 * META-INF/services}.
 */
public final class SqlParser extends StandardSqlParser {
    /**
     * Liquibase looks behind each token for the next one that is not white space, and therefore walks over the whole
     * gap.
     */
    private static final int LONGEST_GAP = 64;
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** Liquibase splits the SQL of a change when it logs it and again when it runs it. */
    private volatile Pieces last;

    @Override
    public int getPriority() {
        return super.getPriority() + 1;
    }

    @Override
    public StringClauses parse(String sql, boolean preserveWhitespace, boolean preserveComments, ChangeSet changeSet) {
        if (changeSet != null) {
            Budget.at(changeSet);
        }
        // This caller only asks for the result's array; others look clauses up by name, and change them.
        boolean toSplit = STACK.getCallerClass() == StringUtil.class;
        try {
            return toSplit
                ? pieces(sql, preserveWhitespace, preserveComments)
                : read(sql, new Clauses(preserveWhitespace, preserveComments)).clauses;
        } catch (Throwable failed) {
            // Reports the position, as Liquibase's own parser does.
            super.parse(sql, preserveWhitespace, preserveComments, changeSet);
            throw new UnexpectedLiquibaseException(failed);
        }
    }

    private Pieces pieces(String sql, boolean preserveWhitespace, boolean preserveComments) {
        Pieces known = last;
        if (known != null && known.are(sql, preserveWhitespace, preserveComments)) {
            return known;
        }
        // Not both at the same time, because each may be large.
        last = null;
        List<String> pieces = read(sql, new Cuts(preserveWhitespace, preserveComments)).pieces;
        last = new Pieces(sql, preserveWhitespace, preserveComments, pieces.toArray());
        return last;
    }

    private static <T extends Reader> T read(String sql, T reader) {
        SimpleSqlGrammarTokenManager tokens = new SimpleSqlGrammarTokenManager(new Characters(sql));
        for (Token token = tokens.getNextToken(); !token.image.isEmpty(); token = tokens.getNextToken()) {
            reader.take(token);
        }
        reader.closeGap();
        return reader;
    }

    /** What Liquibase keeps of the tokens, and in which form. */
    private abstract static class Reader {
        private final boolean preserveWhitespace;
        private final boolean preserveComments;
        private final Deque<String> gap = new ArrayDeque<>();
        private final StringBuilder longGap = new StringBuilder();

        Reader(boolean preserveWhitespace, boolean preserveComments) {
            this.preserveWhitespace = preserveWhitespace;
            this.preserveComments = preserveComments;
        }

        abstract void space(String image);

        abstract void comment(String image);

        abstract void word(String image);

        final void take(Token token) {
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
                        comment(commentOf(token));
                    }
                    break;
                default:
                    closeGap();
                    word(token.image);
            }
        }

        private String commentOf(Token token) {
            boolean open = token.kind == SimpleSqlGrammarConstants.LINE_COMMENT && !token.image.endsWith("\n");
            return open && !preserveWhitespace ? token.image + "\n" : token.image;
        }

        private void widenGap(String space) {
            gap.add(space);
            if (gap.size() > LONGEST_GAP) {
                longGap.append(gap.remove());
            }
        }

        /** The pieces before the next word stay unchanged: a delimiter may begin with one. */
        final void closeGap() {
            if (longGap.length() > 0) {
                space(longGap.toString());
                longGap.setLength(0);
            }
            for (String space = gap.poll(); space != null; space = gap.poll()) {
                space(space);
            }
        }
    }

    /** In the form that Liquibase's own parser returns. */
    private static final class Clauses extends Reader {
        private final StringClauses clauses;
        private int words;

        Clauses(boolean preserveWhitespace, boolean preserveComments) {
            super(preserveWhitespace, preserveComments);
            clauses = new StringClauses(preserveWhitespace ? "" : " ");
        }

        @Override
        void space(String image) {
            clauses.append(new StringClauses.Whitespace(image));
        }

        @Override
        void comment(String image) {
            clauses.append(new StringClauses.Comment(image));
        }

        /** The first of its kind has its own name, which Liquibase looks up; later ones get a number. */
        @Override
        void word(String image) {
            words++;
            if (image.trim().isEmpty() || clauses.contains(image.trim())) {
                clauses.append("clause #" + words, image);
            } else {
                clauses.append(image.trim(), image);
            }
        }
    }

    /** The same as texts without names, which need a tenth of the memory. */
    private static final class Cuts extends Reader {
        private final List<String> pieces = new ArrayList<>();
        private final String[] characters = new String[128];

        Cuts(boolean preserveWhitespace, boolean preserveComments) {
            super(preserveWhitespace, preserveComments);
        }

        @Override
        void space(String image) {
            pieces.add(shared(image));
        }

        @Override
        void comment(String image) {
            pieces.add(image);
        }

        @Override
        void word(String image) {
            pieces.add(shared(image.trim()));
        }

        /** Most pieces are a blank, a comma or a parenthesis: one shared object for each kind. */
        private String shared(String piece) {
            if (piece.length() != 1 || piece.charAt(0) >= characters.length) {
                return piece;
            }
            char character = piece.charAt(0);
            if (characters[character] == null) {
                characters[character] = piece;
            }
            return characters[character];
        }
    }

    /** What {@link StringUtil#processMultiLineSQL} reads. */
    private static final class Pieces extends StringClauses {
        private final String sql;
        private final boolean preserveWhitespace;
        private final boolean preserveComments;
        private final Object[] pieces;

        Pieces(String sql, boolean preserveWhitespace, boolean preserveComments, Object[] pieces) {
            super(preserveWhitespace ? "" : " ");
            this.sql = sql;
            this.preserveWhitespace = preserveWhitespace;
            this.preserveComments = preserveComments;
            this.pieces = pieces;
        }

        private boolean are(String other, boolean whitespace, boolean comments) {
            return preserveWhitespace == whitespace && preserveComments == comments && sql.equals(other);
        }

        @Override
        public Object[] toArray(boolean stringify) {
            return pieces.clone();
        }
    }
}
