package aurorapipeline;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import liquibase.change.ColumnConfig;
import liquibase.exception.DatabaseException;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.BatchDmlExecutablePreparedStatement;
import liquibase.statement.ExecutablePreparedStatementBase;

/**
 * What a prepared statement sends: its SQL and its values. Liquibase's own dry run shows neither. Only protected
 * methods of Liquibase return them, and its public method prepares the statement in the server.
 */
final class Prepared {
    private static final int LONGEST_VALUE = 200;
    private static final Method SQL = method("generateSql", List.class);
    private static final Method APPLY_VISITORS = method("applyVisitors", String.class, List.class);
    private static final Method OPEN = method("getResourceAsStream", String.class);

    private Prepared() {}

    /** As SQL text, with the values as comments before it: the same statement always gives the same text. */
    static List<String> describe(ExecutablePreparedStatementBase statement) throws DatabaseException {
        if (statement instanceof BatchDmlExecutablePreparedStatement) {
            List<String> all = new ArrayList<>();
            for (ExecutablePreparedStatementBase one : ((BatchDmlExecutablePreparedStatement) statement).getIndividualStatements()) {
                all.addAll(describe(one));
            }
            return all;
        }
        List<ColumnConfig> bound = new ArrayList<>();
        List<SqlVisitor> visitors = statement.getChangeSet() == null ? List.of() : statement.getChangeSet().getSqlVisitors();
        String sql = (String) call(APPLY_VISITORS, statement, call(SQL, statement, bound), visitors);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < bound.size(); i++) {
            ColumnConfig column = bound.get(i);
            String type = column.getType() == null ? "" : " (" + oneLine(column.getType()) + ")";
            lines.add("-- $" + (i + 1) + " " + oneLine(column.getName()) + type + ": " + value(statement, column));
        }
        lines.add(numbered(sql) + ";");
        return List.of(String.join("\n", lines));
    }

    private static String value(ExecutablePreparedStatementBase statement, ColumnConfig column) throws DatabaseException {
        // In Liquibase's own order.
        if (column.getValue() != null) {
            return shortened(column.getValue());
        }
        if (column.getValueBoolean() != null || column.getValueNumeric() != null || column.getValueDate() != null) {
            return oneLine(String.valueOf(column.getValueObject()));
        }
        String file = column.getValueBlobFile() != null ? column.getValueBlobFile() : column.getValueClobFile();
        if (file == null) {
            return "NULL";
        }
        read(statement, file);
        String encoding = column.getValueBlobFile() != null || column.getEncoding() == null ? "" : " in " + oneLine(column.getEncoding());
        return "the content of the file " + oneLine(file) + encoding;
    }

    /** Opens it, so that {@link FilesRead} records it. */
    private static void read(ExecutablePreparedStatementBase statement, String file) throws DatabaseException {
        try (InputStream stream = (InputStream) call(OPEN, statement, file)) {
            if (stream == null) {
                throw new DatabaseException("The file " + file + " does not exist.");
            }
        } catch (IOException exception) {
            throw new DatabaseException(exception);
        }
    }

    private static String shortened(String value) {
        if (value.length() <= LONGEST_VALUE) {
            return Json.quote(value);
        }
        byte[] digest = FilesRead.sha256().digest(value.getBytes(StandardCharsets.UTF_8));
        return Json.quote(value.substring(0, LONGEST_VALUE)) + "… (" + value.length() + " characters, SHA-256 "
            + HexFormat.of().formatHex(digest) + ")";
    }

    /** A line break would end the comment. */
    private static String oneLine(String text) {
        String quoted = Json.quote(String.valueOf(text));
        return quoted.substring(1, quoted.length() - 1);
    }

    /** With the engine's own placeholders where they are numbered: a bare question mark may read as an operator. */
    private static String numbered(String sql) {
        if (!Dialect.is("numberedParameters")) {
            return sql;
        }
        StringBuilder numbered = new StringBuilder();
        int parameters = 0;
        char quote = 0;
        for (char character : sql.toCharArray()) {
            if (quote == 0 && character == '?') {
                parameters++;
                numbered.append('$').append(parameters);
                continue;
            }
            if (quote == 0 && (character == '\'' || character == '"')) {
                quote = character;
            } else if (character == quote) {
                quote = 0;
            }
            numbered.append(character);
        }
        return numbered.toString();
    }

    private static Object call(Method method, ExecutablePreparedStatementBase statement, Object... arguments)
        throws DatabaseException {
        try {
            return method.invoke(statement, arguments);
        } catch (InvocationTargetException exception) {
            throw new DatabaseException(exception.getCause());
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Method method(String name, Class<?>... parameters) {
        try {
            Method method = ExecutablePreparedStatementBase.class.getDeclaredMethod(name, parameters);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException missing) {
            throw new IllegalStateException("This version of Liquibase prepares statements in another way.", missing);
        }
    }
}
