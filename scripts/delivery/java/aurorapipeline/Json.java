package aurorapipeline;

import java.util.List;
import java.util.stream.Collectors;

/** One flat JSON object; Liquibase's jars bring no JSON writer. */
final class Json {
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

    @Override
    public String toString() {
        return "{" + text + "}";
    }

    private Json raw(String name, String value) {
        text.append(text.length() == 0 ? "" : ",").append(quote(name)).append(':').append(value);
        return this;
    }

    private static String quote(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char character : value.toCharArray()) {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append(character);
            } else if (character < ' ' || Character.isSurrogate(character)) {
                quoted.append(String.format("\\u%04x", (int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }
}
