package aurorapipeline;

import java.io.IOException;
import java.io.Reader;
import liquibase.util.grammar.SimpleCharStream;

/**
 * The characters of a text for Liquibase's SQL tokens, without a copy. Liquibase's own class keeps 10 bytes for each
 * character of the longest token, and copies all of them whenever it grows by 2,048. This class does not track lines:
 * for an error message, the SQL is read again.
 */
final class Characters extends SimpleCharStream {
    private final String text;
    /** Position of the character that was read last. */
    private int position = -1;
    private int begin;

    Characters(String text) {
        super(Reader.nullReader(), 1, 1, 1);
        this.text = text;
    }

    @Override
    public char BeginToken() throws IOException {
        begin = position + 1;
        return readChar();
    }

    @Override
    public char readChar() throws IOException {
        if (position + 1 >= text.length()) {
            // How the tokens detect the end.
            throw new IOException();
        }
        return text.charAt(++position);
    }

    @Override
    public void backup(int amount) {
        position -= amount;
    }

    @Override
    public String GetImage() {
        return text.substring(begin, position + 1);
    }

    @Override
    public char[] GetSuffix(int length) {
        return text.substring(position + 1 - length, position + 1).toCharArray();
    }

    @Override
    public int getBeginLine() {
        return 0;
    }

    @Override
    public int getBeginColumn() {
        return 0;
    }

    @Override
    public int getEndLine() {
        return 0;
    }

    @Override
    public int getEndColumn() {
        return 0;
    }
}
