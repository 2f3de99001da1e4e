package aurorapipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** One JSON object, in ASCII; Liquibase's jars contain no JSON writer. */
final class Json {
    private static final char[] HEXADECIMAL = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder();

    Json with(String name, String value) {
        return value == null ? this : raw(name, quote(value));
    }

    Json with(String name, long value) {
        return raw(name, Long.toString(value));
    }

    Json with(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    Json with(String name, List<String> values) {
        return raw(name, values.stream().map(Json::quote).collect(Collectors.joining(",", "[", "]")));
    }

    Json with(String name, Json value) {
        return value == null ? this : raw(name, value.toString());
    }

    Json withAll(String name, Collection<Json> values) {
        return values.isEmpty() ? this : raw(name, values.stream().map(Json::toString).collect(Collectors.joining(",", "[", "]")));
    }

    @Override
    public String toString() {
        return "{" + text + "}";
    }

    private Json raw(String name, String value) {
        text.append(text.length() == 0 ? "" : ",").append(quote(name)).append(':').append(value);
        return this;
    }

    /**
     * Escapes everything except printable ASCII, so that no reader sees a line break, half a character or a lone
     * surrogate.
     */
    static String quote(String value) {
        StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' || character == '\\') {
                quoted.append('\\').append(character);
            } else if (character >= ' ' && character < 0x7f) {
                quoted.append(character);
            } else {
                quoted.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    quoted.append(HEXADECIMAL[character >> shift & 0xf]);
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** Reads an array of strings as {@code frames.ts} writes it: without white space, with any of JSON's escapes. */
    static List<String> strings(String json) {
        Reader reader = new Reader(json);
        List<String> strings = new ArrayList<>();
        reader.expect('[');
        if (!reader.skip(']')) {
            do {
                strings.add(reader.string());
            } while (reader.skip(','));
            reader.expect(']');
        }
        reader.expectEnd();
        return strings;
    }

    private static final class Reader {
        private final String json;
        private int position;

        Reader(String json) {
            this.json = json;
        }

        String string() {
            StringBuilder value = new StringBuilder();
            expect('"');
            while (true) {
                char character = next();
                if (character == '"') {
                    return value.toString();
                }
                value.append(character == '\\' ? escaped() : character);
            }
        }

        private char escaped() {
            char character = next();
            switch (character) {
                case '"':
                case '\\':
                case '/':
                    return character;
                case 'b':
                    return '\b';
                case 'f':
                    return '\f';
                case 'n':
                    return '\n';
                case 'r':
                    return '\r';
                case 't':
                    return '\t';
                case 'u':
                    return (char) (digit() << 12 | digit() << 8 | digit() << 4 | digit());
                default:
                    throw broken();
            }
        }

        private int digit() {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw broken();
            }
            return digit;
        }

        boolean skip(char expected) {
            boolean there = position < json.length() && json.charAt(position) == expected;
            position += there ? 1 : 0;
            return there;
        }

        void expect(char expected) {
            if (next() != expected) {
                throw broken();
            }
        }

        void expectEnd() {
            if (position != json.length()) {
                throw broken();
            }
        }

        private char next() {
            if (position == json.length()) {
                throw broken();
            }
            return json.charAt(position++);
        }

        /** The message does not contain the text, which may include a password. */
        private IllegalArgumentException broken() {
            return new IllegalArgumentException("Not a JSON array of strings, at character " + position);
        }
    }
}
